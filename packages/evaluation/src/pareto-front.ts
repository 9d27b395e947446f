/** What is bought, and its price. */
export interface SpeedAndAccuracy {
  /** From 0 to 1. */
  readonly accuracy: number;
  /** Per mention. */
  readonly milliseconds: number;
}

/**
 * The points that no other beats: none is as accurate and faster, or as fast and more accurate. From the fastest to the
 * most accurate; of equal points, the first.
 */
export function paretoFront<Point extends SpeedAndAccuracy>(points: readonly Point[]): Point[] {
  const byTime = points.toSorted((a, b) => a.milliseconds - b.milliseconds || b.accuracy - a.accuracy);
  const front: Point[] = [];
  for (const point of byTime) {
    const best = front.at(-1);
    if (best === undefined || point.accuracy > best.accuracy) front.push(point);
  }
  return front;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** The text stands at `x`, `y` (its baseline), from there to the right; `isFar`: a line should lead to its point. */
export interface PlacedLabel extends Labelled {
  readonly point: Labelled;
  readonly isFar: boolean;
}

const [lineHeight, letterWidth, pointSize] = [12, 5.9, 5];

/** Beside, above and below the point, then the same further away. */
const places = [0, 14, 28, 42, 56].flatMap((away) =>
  [
    { dx: 8 + away / 3, dy: 4 - away, side: 0 },
    { dx: -8 - away / 3, dy: 4 - away, side: -1 },
    { dx: 8 + away / 3, dy: 4 + away, side: 0 },
    { dx: -8 - away / 3, dy: 4 + away, side: -1 },
    { dx: 0, dy: -9 - away, side: -0.5 },
    { dx: 0, dy: 17 + away, side: -0.5 },
  ].map((place) => ({ ...place, isFar: away > 0 })),
);

/** Names each point where there is room: the first place of each that covers least of what stands there already. */
export function placeLabels(points: readonly Labelled[], area: Box): PlacedLabel[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    ...{ x: x - pointSize, y: y - pointSize },
    ...{ width: 2 * pointSize, height: 2 * pointSize },
  }));
  return points.map((point) => {
    const width = point.text.length * letterWidth;
    let best: { cost: number; label: PlacedLabel; box: Box } | undefined;
    for (const { dx, dy, side, isFar } of places) {
      const [x, y] = [point.x + dx + side * width, point.y + dy];
      const box = { x, y: y - lineHeight + 3, width, height: lineHeight };
      const outside = width * lineHeight - overlap(box, area);
      const cost = outside + taken.reduce((sum, other) => sum + overlap(box, other), 0);
      if (!best || cost < best.cost - 1e-9) best = { cost, label: { ...point, x, y, point, isFar }, box };
      if (cost === 0) break;
    }
    taken.push(best!.box);
    return best!.label;
  });
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

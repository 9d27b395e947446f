import type { Calibration } from './calibration.js';
import { element, label, linearScale, path, picture } from './svg.js';

const [width, height] = [460, 520];
const frame = { left: 52, right: 20, top: 48, side: 388 };
const counts = { top: 452, height: 34 };
const colors = { bar: '#8ea6e6', gap: '#d9480f', grid: '#e4e4e4', text: '#555' };

export interface ReliabilityPlotOptions {
  /** @default 'Reliability of the decisions' */
  readonly title?: string;
}

/**
 * The share of right decisions over their probability, as an SVG file: bars, the gap to the diagonal on which a
 * calibrated model stands, and below how many decisions each bin has.
 */
export function drawReliability(
  { bins, count, error, equalMassError, brier }: Calibration,
  { title = 'Reliability of the decisions' }: ReliabilityPlotOptions = {},
): string {
  const bottom = frame.top + frame.side;
  const x = linearScale([0, 1], [frame.left, frame.left + frame.side]);
  const y = linearScale([0, 1], [bottom, frame.top]);
  const largest = Math.max(...bins.map((bin) => bin.count));
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  return picture(
    width,
    height,
    title,
    label(title, frame.left, 20, { 'font-size': 13, 'font-weight': 600 }),
    label('■ right', width - frame.right - 64, 20, { fill: colors.bar, 'text-anchor': 'end' }),
    label('■ off by', width - frame.right, 20, { fill: colors.gap, 'text-anchor': 'end' }),
    label(
      `ECE ${percent(error)}, with equal mass ${percent(equalMassError)}, Brier score ${brier.toFixed(3)}, ${count} decisions`,
      frame.left,
      37,
      { fill: colors.text },
    ),
    ...ticks.flatMap((tick) => [
      element('path', { d: `M${frame.left} ${y(tick)}h${frame.side}`, stroke: colors.grid }),
      label(String(tick), frame.left - 6, y(tick) + 4, { 'text-anchor': 'end', fill: colors.text }),
      label(String(tick), x(tick), height - 20, { 'text-anchor': 'middle', fill: colors.text }),
    ]),
    ...bins.flatMap(({ low, high, probability, right, count: inBin }) => {
      if (probability === null || right === null) return [];
      const [left, wide] = [x(low) + 0.5, x(high) - x(low) - 1];
      const [top, foot] = [y(Math.max(probability, right)), y(Math.min(probability, right))];
      const tall = (counts.height * inBin) / largest;
      return [
        element('rect', { x: left, y: y(right), width: wide, height: bottom - y(right), fill: colors.bar }),
        element('rect', {
          ...{ x: left, y: top, width: wide, height: foot - top },
          ...{ fill: colors.gap, 'fill-opacity': 0.45, stroke: colors.gap },
        }),
        element('rect', {
          ...{ x: left, y: counts.top + counts.height - tall, width: wide, height: tall },
          fill: '#999',
        }),
      ];
    }),
    element('path', {
      d: path([
        [x(0), y(0)],
        [x(1), y(1)],
      ]),
      stroke: '#333',
      'stroke-dasharray': '4 3',
    }),
    label('share that is right', 14, (frame.top + bottom) / 2, {
      'text-anchor': 'middle',
      transform: `rotate(-90 14 ${(frame.top + bottom) / 2})`,
    }),
    label('count', frame.left - 6, counts.top + counts.height, { 'text-anchor': 'end', fill: colors.text }),
    label('probability of the decision', frame.left + frame.side / 2, height - 5, { 'text-anchor': 'middle' }),
  );
}

import { paretoFront, type SpeedAndAccuracy } from './pareto-front.js';
import { placeLabels } from './place-labels.js';
import { element, label, linearScale, path, picture, ticksOf } from './svg.js';

export interface TradeoffPoint extends SpeedAndAccuracy {
  /** Written beside it. */
  readonly name: string;
  /** Points of one group have one colour, with its name in the legend. */
  readonly group?: string;
  /** Confidence interval, and how much the time varied: drawn as thin lines. */
  readonly accuracyRange?: { readonly low: number; readonly high: number };
  readonly millisecondsRange?: { readonly low: number; readonly high: number };
}

export interface TradeoffPlotOptions {
  /** @default 'Accuracy and speed' */
  readonly title?: string;
  /** A line below the title: what was measured, on what. */
  readonly subtitle?: string;
  /** Which points are named: with dozens, better only those of the front. @default 'all' */
  readonly labels?: 'all' | 'front';
}

const [width, height] = [760, 460];
const area = { x: 60, y: 64, width: 676, height: 340 };
const palette = ['#4269d0', '#d9480f', '#2b8a3e', '#9c36b5', '#b08900', '#0b7285', '#c2255c', '#495057'];
const [grid, grey, frontColor] = ['#e4e4e4', '#555', '#999'];

/**
 * Accuracy over milliseconds per mention, as an SVG file: better is up and to the left. The Pareto front, what no other
 * point beats in both, is drawn as a staircase. The times have a logarithmic scale where they differ much.
 */
export function drawTradeoff(
  points: readonly TradeoffPoint[],
  { title = 'Accuracy and speed', subtitle = '', labels = 'all' }: TradeoffPlotOptions = {},
): string {
  const { x, y, xTicks, yTicks } = scalesOf(points);
  const groups = [...new Set(points.map(({ group }) => group))];
  const colorOf = (point: TradeoffPoint) => palette[groups.indexOf(point.group) % palette.length]!;
  const front = paretoFront(points);
  const places = points.map((point) => ({ point, x: x(point.milliseconds), y: y(point.accuracy) }));
  // The points of the front lie on top.
  const isInFront = (a: { point: TradeoffPoint }, b: { point: TradeoffPoint }) =>
    Number(front.includes(a.point)) - Number(front.includes(b.point));
  const named = places.filter(({ point }) => labels === 'all' || front.includes(point));
  const bottom = area.y + area.height;
  return picture(
    width,
    height,
    title,
    label(title, area.x, 20, { 'font-size': 14, 'font-weight': 600 }),
    label(subtitle, area.x, 37, { fill: grey }),
    legend(groups, colorOf),
    ...yTicks.flatMap((tick) => [
      element('path', { d: `M${area.x} ${y(tick)}h${area.width}`, stroke: grid }),
      label(`${Number((tick * 100).toFixed(2))}`, area.x - 6, y(tick) + 4, { 'text-anchor': 'end', fill: grey }),
    ]),
    ...xTicks.flatMap((tick) => [
      element('path', { d: `M${x(tick)} ${area.y}v${area.height}`, stroke: grid }),
      label(String(tick), x(tick), bottom + 16, { 'text-anchor': 'middle', fill: grey }),
    ]),
    element('path', { d: `M${area.x} ${bottom}h${area.width}`, stroke: grey }),
    ...points.flatMap((point) => whiskers(point, x, y, colorOf(point))),
    element('path', { d: staircase(front, x, y), fill: 'none', stroke: frontColor, 'stroke-width': 1.5 }),
    ...places.toSorted(isInFront).map(({ point, ...at }) =>
      element('circle', {
        ...{ cx: at.x, cy: at.y, r: 4.5, stroke: colorOf(point), 'stroke-width': 1.5 },
        fill: front.includes(point) ? colorOf(point) : '#fff',
      }),
    ),
    ...placeLabels(
      named.map(({ point, ...at }) => ({ ...at, text: point.name })),
      area,
    ).flatMap(({ x: left, y: base, text, isFar, point }) => [
      isFar ? element('path', { d: leader(point, left, base, text), stroke: '#aaa', 'stroke-width': 0.7 }) : '',
      // A white edge keeps names readable where a line passes below. Not `paint-order`: some programs do not know it.
      label(text, left, base, { stroke: '#fff', 'stroke-width': 3, 'stroke-linejoin': 'round', fill: '#fff' }),
      label(text, left, base),
    ]),
    label('milliseconds per mention', area.x + area.width / 2, height - 12, { 'text-anchor': 'middle' }),
    label('accuracy, %', 16, area.y + area.height / 2, {
      'text-anchor': 'middle',
      transform: `rotate(-90 16 ${area.y + area.height / 2})`,
    }),
  );
}

function scalesOf(points: readonly TradeoffPoint[]) {
  const times = points.map(({ milliseconds }) => milliseconds);
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const isLogarithmic = most / least > 6;
  const horizontal = [area.x, area.x + area.width] as const;
  const decades = [least / 1.25, most * 1.5].map(Math.log10) as [number, number];
  const room = Math.max((most - least) * 0.12, most * 0.02);
  const line = [Math.max(0, least - room), most + room] as const;
  const logarithmic = linearScale(decades, horizontal);
  // The intervals belong into the picture: they say which differences count.
  const accuracies = points.flatMap(({ accuracy, accuracyRange = { low: accuracy, high: accuracy } }) => [
    ...[accuracy, accuracyRange.low, accuracyRange.high],
  ]);
  const [worst, best] = [Math.min(...accuracies), Math.max(...accuracies)];
  const margin = Math.max((best - worst) * 0.05, 0.005);
  const shares = [Math.max(0, worst - margin), Math.min(1, best + margin)] as const;
  return {
    x: isLogarithmic ? (value: number) => logarithmic(Math.log10(value)) : linearScale(line, horizontal),
    xTicks: isLogarithmic ? decadeTicks(decades) : ticksOf(line, 7),
    y: linearScale(shares, [area.y + area.height, area.y]),
    yTicks: ticksOf(shares, 7),
  };
}

/** 1, 2, 5, 10, ... */
function decadeTicks([low, high]: readonly [number, number]): number[] {
  const powers = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, i) => Math.floor(low) + i);
  const all = powers.flatMap((power) => [1, 2, 5].map((digit) => Number((digit * 10 ** power).toPrecision(6))));
  return all.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high);
}

function legend(groups: readonly (string | undefined)[], colorOf: (point: TradeoffPoint) => string): string {
  let left = area.x;
  const entries = groups.flatMap((group) => {
    if (group === undefined) return [];
    const at = left;
    left += 22 + group.length * 6.2;
    const color = colorOf({ group, name: '', accuracy: 0, milliseconds: 0 });
    return [element('circle', { cx: at + 5, cy: 51, r: 4, fill: color }), label(group, at + 13, 55, { fill: grey })];
  });
  return entries.join('');
}

function whiskers(
  { milliseconds, accuracy, accuracyRange, millisecondsRange }: TradeoffPoint,
  x: (value: number) => number,
  y: (value: number) => number,
  stroke: string,
): string[] {
  const line = (d: string) => element('path', { d, stroke, 'stroke-opacity': 0.25 });
  const across = (value: number) => Math.min(area.x + area.width, Math.max(area.x, x(value)));
  return [
    millisecondsRange ? line(`M${across(millisecondsRange.low)} ${y(accuracy)}H${across(millisecondsRange.high)}`) : '',
    accuracyRange ? line(`M${x(milliseconds)} ${y(accuracyRange.low)}V${y(accuracyRange.high)}`) : '',
  ];
}

/** What the best is for each time that one may take. */
function staircase(
  front: readonly TradeoffPoint[],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const corners = front.flatMap(({ milliseconds, accuracy }, i): (readonly [number, number])[] => {
    const before = front[i - 1];
    const from = [x(milliseconds), before ? y(before.accuracy) : area.y + area.height] as const;
    return [from, [x(milliseconds), y(accuracy)]];
  });
  const last = front.at(-1);
  return path(last ? [...corners, [area.x + area.width, y(last.accuracy)]] : corners);
}

function leader(point: { x: number; y: number }, left: number, base: number, text: string): string {
  const isLeftOf = left < point.x - 10;
  const end = [isLeftOf ? left + text.length * 5.4 + 2 : left - 2, base - 4] as const;
  return path([[point.x, point.y], end]);
}

import type { EvaluationMetrics, StepMetrics } from './trainer.js';

const [width, height, margin] = [720, 300, { left: 52, right: 52, top: 28, bottom: 36 }];
const [lossColor, valueColor] = ['#4269d0', '#d9480f'];

export interface CurvesOptions {
  /** @default 'Training' */
  readonly title?: string;
  /** What the evaluation measures. @default 'dev' */
  readonly valueName?: string;
}

/** The loss (smoothed, left axis) and the dev metric (right axis) over the steps, as an SVG file. */
export function drawCurves(
  metrics: readonly (StepMetrics | EvaluationMetrics)[],
  { title = 'Training', valueName = 'dev' }: CurvesOptions = {},
): string {
  const losses = smoothed(metrics.flatMap((it) => ('loss' in it ? [[it.step, it.loss] as const] : [])));
  const values = metrics.flatMap((it) => ('value' in it ? [[it.step, it.value] as const] : []));
  const last = Math.max(1, ...metrics.map(({ step }) => step));
  const x = (step: number) => margin.left + (step / last) * (width - margin.left - margin.right);
  const curve = (points: readonly (readonly [number, number])[], color: string, anchor: 'start' | 'end') => {
    if (points.length === 0) return '';
    const [low, high] = extent(points.map(([, value]) => value));
    const y = (value: number) => margin.top + ((high - value) / (high - low)) * (height - margin.top - margin.bottom);
    const path = points
      .map(([step, value], i) => `${i === 0 ? 'M' : 'L'}${round(x(step))} ${round(y(value))}`)
      .join('');
    const edge = anchor === 'end' ? margin.left - 6 : width - margin.right + 6;
    const labels = [low, (low + high) / 2, high].map(
      (value) =>
        `<text x="${edge}" y="${round(y(value) + 4)}" text-anchor="${anchor}" fill="${color}">${label(value)}</text>`,
    );
    return `<path d="${path}" fill="none" stroke="${color}" stroke-width="1.8"/>${labels.join('')}`;
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * last));
  const bottom = height - margin.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${margin.left}" y="17" font-size="13" font-weight="600">${escaped(title)}</text>`,
    `<text x="${width - margin.right}" y="17" text-anchor="end"><tspan fill="${lossColor}">loss</tspan> <tspan fill="${valueColor}">${values.length > 0 ? escaped(valueName) : ''}</tspan></text>`,
    `<path d="M${margin.left} ${bottom}H${width - margin.right}" stroke="#999"/>`,
    ...ticks.map(
      (step) => `<text x="${round(x(step))}" y="${bottom + 16}" text-anchor="middle" fill="#555">${step}</text>`,
    ),
    `<text x="${width / 2}" y="${height - 6}" text-anchor="middle" fill="#555">steps</text>`,
    curve(losses, lossColor, 'end'),
    curve(values, valueColor, 'start'),
    '</svg>\n',
  ].join('\n');
}

/** Means over about a hundredth of the run, so that thousands of steps stay readable. */
function smoothed(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const size = Math.max(1, Math.ceil(points.length / 150));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const part = points.slice(i * size, (i + 1) * size);
    return [part.at(-1)![0], part.reduce((sum, [, value]) => sum + value, 0) / part.length] as const;
  });
}

/** Never empty: a flat curve gets room on both sides. */
function extent(values: readonly number[]): [low: number, high: number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function label(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!);
}

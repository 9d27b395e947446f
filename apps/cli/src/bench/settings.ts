import type { Precision } from '@referent/tensor-ops';
import type { Quantization } from '../assemble/index-providers.js';

/** One way to run the pipeline. */
export interface Setting {
  readonly precision: Precision;
  /** How the index keeps the vectors. */
  readonly quantization: Quantization;
  readonly candidates: number;
  readonly rerank: number | 'off';
}

export type Axis = keyof Setting;

/** The values that each axis takes. */
export type Sweep = { readonly [A in Axis]: readonly Setting[A][] };

const axes: readonly Axis[] = ['precision', 'quantization', 'candidates', 'rerank'];

/** The usual value of each axis where it is swept, else the first that is. */
export function baseOf(sweep: Sweep, usual: Setting): Setting {
  const one = <A extends Axis>(axis: A): Setting[A] =>
    sweep[axis].includes(usual[axis]) ? usual[axis] : sweep[axis][0]!;
  return whole({
    precision: one('precision'),
    quantization: one('quantization'),
    candidates: one('candidates'),
    rerank: one('rerank'),
  });
}

/**
 * The base, then one axis after the other with the others at the base; with `isFull` every combination. What differs in
 * no way that matters is left out: no more can be re-ranked than there are candidates.
 */
export function settingsOf(sweep: Sweep, base: Setting, isFull: boolean): Setting[] {
  const settings = isFull
    ? combinations(sweep)
    : axes.flatMap((axis) => sweep[axis].map((value) => ({ ...base, [axis]: value })));
  const different = new Map([base, ...settings].map(whole).map((setting) => [nameOf(setting), setting]));
  // Models and indexes are opened once each.
  const order = ({ precision, quantization }: Setting) =>
    [sweep.precision.indexOf(precision), sweep.quantization.indexOf(quantization)] as const;
  return [...different.values()].sort((a, b) => {
    const [[p, q], [r, s]] = [order(a), order(b)];
    return p - r || q - s;
  });
}

/** "k 16, re-rank 8": what differs from the base; all of it without one. */
export function nameOf(setting: Setting, base?: Setting): string {
  const words: Record<Axis, string> = {
    candidates: `k ${setting.candidates}`,
    rerank: setting.rerank === 'off' ? 'no re-ranking' : `re-rank ${setting.rerank}`,
    quantization: setting.quantization,
    precision: setting.precision,
  };
  const told = (['candidates', 'rerank', 'quantization', 'precision'] as const).filter(
    (axis) => !base || setting[axis] !== base[axis],
  );
  return told.map((axis) => words[axis]).join(', ');
}

const titles: Record<Axis, string> = {
  precision: 'precision',
  quantization: 'index quantization',
  candidates: 'candidates k',
  rerank: 're-rank depth',
};

/** What is varied in it: the colour in the plot. */
export function groupOf(setting: Setting, base: Setting): string {
  const varied = axes.filter((axis) => setting[axis] !== base[axis]);
  if (varied.length === 0) return 'usual settings';
  return varied.length === 1 ? titles[varied[0]!] : 'combined';
}

function whole(setting: Setting): Setting {
  const { rerank, candidates } = setting;
  return { ...setting, rerank: rerank === 'off' ? 'off' : Math.min(rerank, candidates) };
}

function combinations({ precision, quantization, candidates, rerank }: Sweep): Setting[] {
  return precision.flatMap((p) =>
    quantization.flatMap((q) =>
      candidates.flatMap((k) =>
        rerank.map((r) => ({ precision: p, quantization: q, candidates: k, rerank: r }) as const),
      ),
    ),
  );
}

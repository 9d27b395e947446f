import { type Colors, formatAmount } from './terminal.js';

/** What a person calls the stages that the pipeline and its parts report, in the order in which they run. */
const steps: readonly (readonly [RegExp, string])[] = [
  [/^detect$/, 'detect'],
  [/^tokenize$/, 'tokenize'],
  [/^encode$/, 'encode'],
  [/^(search|retrieve dense)$/, 'search'],
  [/^retrieve names$/, 'names'],
  [/^retrieve lexical$/, 'lexical'],
  [/^score /, 'score'],
  [/^entities$/, 'entities'],
  [/^rerank$/, 're-rank'],
  [/^decide$/, 'decide'],
];

/** So many mentions took so long each. */
interface Sample {
  readonly milliseconds: number;
  readonly mentions: number;
}

export interface Profile {
  readonly onTiming: (stage: string, milliseconds: number, mentions?: number) => void;
  format(colors: Colors): string;
}

/**
 * Gathers where the time of linking went. A batch goes through the models together: a mention's time is its share of
 * its batch, and `decide` is what a batch ends with. Detection works on documents: a mention's time is its share there.
 */
export function createProfile(): Profile {
  const totals = new Map<string, number>();
  const samples = new Map<string, Sample[]>();
  let batch = new Map<string, number>();

  function take(step: string, milliseconds: number, mentions: number): void {
    if (mentions === 0) return;
    const own = samples.get(step) ?? [];
    own.push({ milliseconds: milliseconds / mentions, mentions });
    samples.set(step, own);
  }

  return {
    onTiming(stage, milliseconds, mentions = 0) {
      const step = steps.find(([pattern]) => pattern.test(stage))?.[1] ?? stage;
      totals.set(step, (totals.get(step) ?? 0) + milliseconds);
      if (step === 'detect') return take(step, milliseconds, mentions);
      batch.set(step, (batch.get(step) ?? 0) + milliseconds);
      if (step !== 'decide') return;
      for (const [name, time] of batch) take(name, time, mentions);
      batch = new Map();
    },
    format: (colors) => formatTable(totals, samples, colors),
  };
}

function formatTable(
  totals: ReadonlyMap<string, number>,
  samples: ReadonlyMap<string, readonly Sample[]>,
  colors: Colors,
): string {
  const order = steps.map(([, name]) => name);
  const names = [...totals.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const whole = [...totals.values()].reduce((sum, time) => sum + time, 0);
  const mentions = (samples.get('decide') ?? []).reduce((sum, own) => sum + own.mentions, 0);
  const rows = names.map((name) => {
    const time = totals.get(name)!;
    const own = samples.get(name) ?? [];
    return [
      name,
      inMs(time),
      `${Math.round((100 * time) / (whole || 1))} %`,
      inMs(percentile(own, 0.5)),
      inMs(percentile(own, 0.95)),
    ];
  });
  const head = ['', 'total', 'share', 'median', 'p95'];
  const line = ([name, ...cells]: readonly string[]) =>
    `  ${name!.padEnd(10)}${cells.map((cell) => cell.padStart(12)).join('')}\n`;
  return (
    `${colors.bold('Where the time went')}: ${formatAmount(mentions, 'mention', 'mentions')}, ${inMs(whole)}; median and p95 per mention\n` +
    colors.dim(line(head)) +
    rows.map(line).join('')
  );
}

/** The time that this share of the mentions stays within; NaN where nothing was measured. */
function percentile(samples: readonly Sample[], share: number): number {
  const sorted = [...samples].sort((a, b) => a.milliseconds - b.milliseconds);
  let left = share * sorted.reduce((sum, { mentions }) => sum + mentions, 0);
  for (const { milliseconds, mentions } of sorted) {
    left -= mentions;
    if (left <= 0) return milliseconds;
  }
  return Number.NaN;
}

function inMs(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return '-';
  return `${milliseconds >= 100 ? Math.round(milliseconds) : Number(milliseconds.toPrecision(2))} ms`;
}

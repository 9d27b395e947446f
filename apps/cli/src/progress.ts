import type { Progress } from '@referent/core';
import type { Output } from './io.js';
import { type Colors, formatBytes, formatCount, formatDuration } from './terminal.js';

export interface ProgressReporter {
  /** Shows how far a step has come; a new step ends the one before. */
  report(progress: Progress): void;
  /** Ends the current step and leaves its summary line. */
  finish(): void;
  /** Prints a line without tearing the bar. */
  note(line: string): void;
}

interface Options {
  readonly output: Output;
  readonly colors: Colors;
  readonly quiet: boolean;
  readonly now?: () => number;
}

const redrawEvery = 100;
const lineEvery = 5_000;
const shortStep = 1_000;
const barWidth = 24;

/** A bar on a terminal; elsewhere a line every few seconds. Steps under a second leave no trace. */
export function createProgressReporter({
  output,
  colors,
  quiet,
  now = () => performance.now(),
}: Options): ProgressReporter {
  let current: { progress: Progress; started: number; first: number; shown: number } | undefined;
  let barOnScreen = false;

  const clear = () => {
    if (barOnScreen) output.write('\r\x1b[2K');
    barOnScreen = false;
  };

  const amount = (value: number, unit: string) => (unit === 'bytes' ? formatBytes(value) : formatCount(value));

  const draw = () => {
    if (!current) return;
    const { progress, started, first } = current;
    const elapsed = now() - started;
    const rate = ((progress.done - first) / Math.max(elapsed, 1)) * 1000;
    const parts = [
      progress.total
        ? `${amount(progress.done, progress.unit)} of ${amount(progress.total, progress.unit)}`
        : amount(progress.done, progress.unit),
    ];
    if (progress.unit !== 'bytes') parts[0] += ` ${progress.unit}`;
    if (rate > 0) parts.push(`${amount(rate, progress.unit)}/s`);
    if (progress.total && rate > 0)
      parts.push(`${formatDuration(((progress.total - progress.done) / rate) * 1000)} left`);
    const text = parts.join(', ');
    if (!output.isTTY) {
      output.write(`${progress.step}: ${text}\n`);
      return;
    }
    const share = progress.total ? Math.min(1, progress.done / progress.total) : 0;
    const filled = Math.round(share * barWidth);
    const bar = progress.total ? ` ${colors.cyan('━'.repeat(filled))}${colors.dim('━'.repeat(barWidth - filled))}` : '';
    const plainLength = progress.step.length + (progress.total ? barWidth + 1 : 0) + text.length + 2;
    clear();
    output.write(
      plainLength < (output.columns ?? 80)
        ? `${progress.step}${bar}  ${text}`
        : `${progress.step}  ${text}`.slice(0, (output.columns ?? 80) - 1),
    );
    barOnScreen = true;
  };

  const finish = () => {
    if (!current) return;
    const { progress, started } = current;
    const elapsed = now() - started;
    current = undefined;
    clear();
    if (elapsed < shortStep) return;
    const count =
      progress.unit === 'bytes' ? formatBytes(progress.done) : `${formatCount(progress.done)} ${progress.unit}`;
    output.write(`${colors.green('✓')} ${progress.step}: ${count} in ${formatDuration(elapsed)}\n`);
  };

  return {
    report(progress) {
      if (quiet) return;
      const time = now();
      if (current?.progress.step !== progress.step) {
        finish();
        current = { progress, started: time, first: progress.done, shown: time };
        return;
      }
      current.progress = progress;
      if (time - current.shown < (output.isTTY ? redrawEvery : lineEvery)) return;
      current.shown = time;
      if (time - current.started >= 300) draw();
    },
    finish,
    note(line) {
      if (quiet) return;
      clear();
      output.write(`${line}\n`);
    },
  };
}

import type { Progress } from '@referent/core';
import type { Output } from './io.js';
import { type Colors, formatBytes, formatCount, formatDuration, widthOf } from './terminal.js';

export interface ProgressReporter {
  /** Shows how far a step has come; a new step ends the one before. */
  report(progress: Progress): void;
  /** Ends the current step and leaves its summary line. */
  finish(): void;
  /** Ends the current step, which was not completed. */
  abandon(): void;
  /** Takes the bar off the screen for as long as something else is written there; the step goes on. */
  clear(): void;
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

  const draw = () => {
    if (!current) return;
    const { progress, started, first } = current;
    const { step, done, total } = progress;
    const elapsed = now() - started;
    const text =
      total === 1 ? formatDuration(elapsed) : describe(progress, ((done - first) / Math.max(elapsed, 1)) * 1000);
    if (!output.isTTY) {
      output.write(`${step}: ${text}\n`);
      return;
    }
    const width = widthOf(output, 80);
    const filled = total ? Math.round(Math.min(1, done / total) * barWidth) : 0;
    const bar = `${colors.cyan('━'.repeat(filled))}${colors.dim('━'.repeat(barWidth - filled))}`;
    const hasBar = total !== undefined && total > 1 && step.length + barWidth + text.length + 3 < width;
    clear();
    output.write(hasBar ? `${step} ${bar}  ${text}` : `${step}  ${text}`.slice(0, width - 1));
    barOnScreen = true;
  };

  const finish = () => {
    if (!current) return;
    const { progress, started } = current;
    const elapsed = now() - started;
    current = undefined;
    clear();
    if (elapsed < shortStep) return;
    // One of one says nothing: it is the step itself that took so long.
    const count = progress.total === 1 ? '' : `${amountOf(progress.done, progress.unit)} in `;
    output.write(`${colors.green('✓')} ${progress.step}: ${count}${formatDuration(elapsed)}\n`);
  };

  return {
    report(progress) {
      if (quiet) return;
      const time = now();
      // The same step from the beginning: its next round.
      if (current?.progress.step !== progress.step || progress.done < current.progress.done) {
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
    abandon() {
      current = undefined;
      clear();
    },
    clear,
    note(line) {
      if (quiet) return;
      clear();
      output.write(`${line}\n`);
    },
  };
}

/** "3,120 of 7,742 entities, 412/s, 11 s left". */
function describe({ done, total, unit }: Progress, rate: number): string {
  const bare = (value: number) => (unit === 'bytes' ? formatBytes(value) : formatCount(value));
  const parts = [total === undefined ? amountOf(done, unit) : `${bare(done)} of ${amountOf(total, unit)}`];
  if (rate > 0) parts.push(`${bare(rate)}/s`);
  if (total !== undefined && rate > 0) parts.push(`${formatDuration(((total - done) / rate) * 1000)} left`);
  return parts.join(', ');
}

function amountOf(value: number, unit: string): string {
  return unit === 'bytes' ? formatBytes(value) : `${formatCount(value)} ${unit}`;
}

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EvaluationMetrics, StepMetrics } from './trainer.js';

type Metrics = StepMetrics | EvaluationMetrics;

export interface MetricsFile {
  /** All metrics of the run so far. */
  readonly metrics: readonly Metrics[];
  /** Appends a line at once: a killed run keeps its curve. */
  write(metrics: Metrics): void;
}

/**
 * Opens `metrics.jsonl`. Lines of steps after `resumedAt` are dropped: that part of the run is done again.
 * @param resumedAt steps done; 0 begins a new file
 */
export function openMetricsFile(path: string, resumedAt = 0): MetricsFile {
  mkdirSync(dirname(path), { recursive: true });
  const metrics = resumedAt === 0 ? [] : readLines(path).filter(({ step }) => step <= resumedAt);
  writeFileSync(path, metrics.map((it) => `${JSON.stringify(it)}\n`).join(''));
  return {
    metrics,
    write(entry) {
      metrics.push(entry);
      appendFileSync(path, `${JSON.stringify(entry)}\n`);
    },
  };
}

/** A last line that was cut off is left out. */
function readLines(path: string): Metrics[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Metrics] : []));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

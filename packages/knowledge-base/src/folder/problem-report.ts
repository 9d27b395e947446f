import type { SourceProblem } from '../sources/source.js';
import type { ProblemCounts } from '../store/facts.js';

/** What the sources had wrong. */
export interface ProblemReport extends ProblemCounts {
  /** Records that were left out. */
  readonly errorCount: number;
  /** Entities that were kept in spite of something. */
  readonly warningCount: number;
}

export function countProblem(counts: ProblemCounts, { code, severity }: SourceProblem): ProblemCounts {
  const group = severity === 'error' ? 'errors' : 'warnings';
  return { ...counts, [group]: { ...counts[group], [code]: (counts[group][code] ?? 0) + 1 } };
}

export function toReport(counts: ProblemCounts): ProblemReport {
  const sum = (group: Readonly<Record<string, number>>) => Object.values(group).reduce((all, count) => all + count, 0);
  return { ...counts, errorCount: sum(counts.errors), warningCount: sum(counts.warnings) };
}

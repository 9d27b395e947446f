import type { EvaluationReport, GroupScores } from './evaluation.js';
import type { MacroScores, PrecisionRecall, Scores } from './scores.js';

/** The report as JSON text, for other programs. */
export function formatJson(report: EvaluationReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** The report as aligned columns for a terminal. Shares are in per cent; "-" where there is nothing to measure. */
export function formatTable(report: EvaluationReport): string {
  const sections = tablesOf(report).map(({ title, rows }) => [title, ...aligned(rows)].join('\n'));
  return `${[...sections, ...notesOf(report)].join('\n\n')}\n`;
}

/** The report as Markdown tables. */
export function formatMarkdown(report: EvaluationReport): string {
  const sections = tablesOf(report).map(({ title, rows: [head, ...rows] }) => {
    const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
    const rule = `|---|${'---:|'.repeat(head!.length - 1)}`;
    return [`### ${title}`, '', line(head!), rule, ...rows.map(line)].join('\n');
  });
  return `${[...sections, ...notesOf(report)].join('\n\n')}\n`;
}

interface Table {
  readonly title: string;
  /** The first row is the head. */
  readonly rows: readonly (readonly string[])[];
}

function tablesOf(report: EvaluationReport): Table[] {
  const head = (first: string) => [
    first,
    ...report.cutoffs.map((k) => `R@${k}`),
    'accuracy',
    'normalized',
    'MRR',
    'kept/total',
  ];
  const group = (title: string, first: string, groups: readonly GroupScores[]): Table[] =>
    groups.length > 0 ? [{ title, rows: [head(first), ...groups.map((scores) => rowOf(scores.name, scores))] }] : [];
  const overall = [head(''), rowOf('micro', report.all)];
  if (report.macro) overall.push(rowOf(`macro (${report.macro.worlds} worlds)`, report.macro));
  return [
    { title: 'All mentions', rows: overall },
    ...decisionTable(report.all),
    ...group('By world', 'world', report.worlds),
    ...group('By overlap of mention and title', 'overlap', report.overlaps),
  ];
}

function rowOf(name: string, scores: Scores | MacroScores): string[] {
  return [
    name,
    ...scores.recall.map(({ value }) => percent(value)),
    percent(scores.accuracy),
    percent(scores.normalizedAccuracy),
    percent(scores.meanReciprocalRank),
    'total' in scores ? `${scores.kept}/${scores.total}` : '',
  ];
}

/** Shown where it says more than accuracy: there are NIL mentions or NIL decisions. */
function decisionTable({ mentions, total, linking, nil }: Scores): Table[] {
  if (mentions === total && nil.precision === null) return [];
  const row = (name: string, { precision, recall, f1 }: PrecisionRecall, count: number) => [
    name,
    percent(precision),
    percent(recall),
    percent(f1),
    String(count),
  ];
  return [
    {
      title: 'Decisions',
      rows: [
        ['', 'precision', 'recall', 'F1', 'mentions'],
        row('entity', linking, total),
        row('NIL', nil, mentions - total),
      ],
    },
  ];
}

function notesOf({ all: { restricted }, intervals }: EvaluationReport): string[] {
  const notes: string[] = [];
  if (restricted.total > 0) {
    notes.push(`Among the allowed candidates alone: ${percent(restricted.accuracy)} of ${restricted.total} mentions.`);
  }
  if (intervals) {
    const { low, high } = intervals.accuracy;
    const level = `${Number((intervals.confidence * 100).toFixed(2))} %`;
    notes.push(`Accuracy (micro): ${percent(low)} to ${percent(high)} with ${level} confidence.`);
  }
  return notes;
}

/** 0.81264 -> "81.26". */
function percent(value: number | null): string {
  return value === null ? '-' : (value * 100).toFixed(2);
}

/** The first column to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

function escaped(cell: string): string {
  return cell.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ');
}

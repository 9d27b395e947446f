import type { Interval } from './bootstrap.js';
import type { Calibration } from './calibration.js';
import type { Comparison } from './comparison.js';
import type { AverageIntervals, EvaluationReport, GroupScores } from './evaluation.js';
import type { MacroScores, PrecisionRecall, Scores } from './scores.js';
import { percent, type Table } from './table.js';

/** All tables that the report has something for. */
export function tablesOf(report: EvaluationReport): Table[] {
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
    ...(report.calibration ? [calibrationTable(report.calibration)] : []),
    ...(report.comparison ? [comparisonTable(report.comparison)] : []),
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

/** Errors in per cent; the Brier score as it is. */
function calibrationTable({ count, probability, right, error, equalMassError, brier }: Calibration): Table {
  return {
    title: 'Calibration of the decisions',
    rows: [
      ['', 'ECE', 'ECE (equal mass)', 'Brier', 'probability', 'right', 'mentions'],
      [
        'decisions',
        ...[error, equalMassError].map(percent),
        brier.toFixed(4),
        ...[probability, right].map(percent),
        String(count),
      ],
    ],
  };
}

function comparisonTable({ confidence, mentions, measures }: Comparison): Table {
  const signed = (value: number) => `${value > 0 ? '+' : ''}${percent(value)}`;
  return {
    title: `Against the earlier run, ${mentions} mentions`,
    rows: [
      ['', 'before', 'after', 'difference', `${levelOf(confidence)} interval`, 'p'],
      ...measures.map(({ measure, world, before, after, mean, low, high, pValue }) => [
        world === undefined ? measure : `${measure} in ${world}`,
        ...[before, after].map(percent),
        signed(mean),
        `${signed(low)} to ${signed(high)}`,
        pValue.toFixed(3),
      ]),
    ],
  };
}

/** What is no table. */
export function notesOf({ all: { restricted }, macro: average, intervals }: EvaluationReport): string[] {
  const notes: string[] = [];
  if (restricted.total > 0) {
    const lost = restricted.total - restricted.answered;
    notes.push(
      `Among the allowed candidates alone: ${percent(restricted.accuracy)} of ${restricted.total} mentions${lost > 0 ? `; of ${lost} none of them was retrieved` : ''}.`,
    );
  }
  if (intervals) {
    const { accuracy, recall, macro, confidence } = intervals;
    const range = ({ low, high }: Interval) => `${percent(low)} to ${percent(high)}`;
    const averages = (name: string, average: AverageIntervals) =>
      [`accuracy (${name}) ${range(average.accuracy)}`]
        .concat(average.recall.slice(0, 1).map(({ k, ...interval }) => `R@${k} ${range(interval)}`))
        .join(', ');
    notes.push(
      `With ${levelOf(confidence)} confidence: ${[averages('micro', { accuracy, recall }), ...(macro && average && average.worlds > 1 ? [averages('macro', macro)] : [])].join('; ')}.`,
    );
  }
  return notes;
}

/** 0.95 -> "95 %". */
function levelOf(confidence: number): string {
  return `${Number((confidence * 100).toFixed(2))} %`;
}

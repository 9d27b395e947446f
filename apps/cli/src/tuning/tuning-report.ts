import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asMarkdown, asText, drawTradeoff, type Table } from '@referent/evaluation';
import { inOutFolder } from '../bench/tradeoff-report.js';
import type { IndexMeasurement } from './measure-index.js';

export interface TuningPoint extends IndexMeasurement {
  /** Of the setting that is tuned. */
  readonly value: number;
}

export interface TuningReport {
  readonly knowledgeBase: { readonly entities: number; readonly backend: string; readonly quantization: string };
  readonly queries: { readonly count: number; readonly of: 'mentions' | 'entities' };
  /** As the backend calls it. */
  readonly setting: string;
  readonly k: number;
  readonly wantedRecall: number;
  readonly points: readonly TuningPoint[];
  /** The least that reaches the wanted recall; null where none does. */
  readonly chosen: number | null;
}

/** The least setting that reaches the wanted recall. */
export function chooseValue(points: readonly TuningPoint[], wantedRecall: number): number | null {
  const enough = points.filter(({ recall }) => recall >= wantedRecall);
  return enough.length === 0 ? null : Math.min(...enough.map(({ value }) => value));
}

export function tuningText(report: TuningReport): string {
  return `${asText(tableOf(report))}\n\n${verdict(report)}\n`;
}

export const tuningJson = (report: TuningReport): string => `${JSON.stringify(report, null, 2)}\n`;

/** `index-tune.json`, `index-tune.md` and `index-tune.svg`. @throws `REPORT_NOT_WRITABLE` */
export async function writeTuning(folder: string, report: TuningReport): Promise<void> {
  const markdown = `# Index settings\n\n${summaryOf(report)}\n\n![Recall over milliseconds per query](index-tune.svg)\n\n${asMarkdown(tableOf(report))}\n\n${verdict(report)}\n`;
  await inOutFolder(folder, async () => {
    await writeFile(join(folder, 'index-tune.json'), tuningJson(report));
    await writeFile(join(folder, 'index-tune.md'), markdown);
    await writeFile(join(folder, 'index-tune.svg'), plotOf(report));
  });
}

function plotOf(report: TuningReport): string {
  const points = report.points.map(({ value, recall, median }) => ({
    name: String(value),
    accuracy: recall,
    milliseconds: median,
  }));
  return drawTradeoff(points, { title: `Recall@${report.k} and milliseconds per query`, subtitle: summaryOf(report) });
}

function tableOf({ points, setting, k, chosen }: TuningReport): Table {
  return {
    title: setting,
    rows: [
      [setting, `recall@${k}`, 'queries/s', 'ms (median)', 'ms (p99)', 'chosen'],
      ...points.map(({ value, recall, queriesPerSecond, median, p99 }) => [
        String(value),
        recall.toFixed(4),
        queriesPerSecond.toFixed(0),
        median.toPrecision(3),
        p99.toPrecision(3),
        value === chosen ? '*' : '',
      ]),
    ],
  };
}

function summaryOf({ knowledgeBase: { entities, backend, quantization }, queries, k }: TuningReport): string {
  const what = queries.of === 'mentions' ? 'mentions' : 'moved vectors of entities';
  return `${entities} entities in ${backend} ${quantization}, ${queries.count} ${what}, k = ${k}, against exact search`;
}

function verdict({ chosen, wantedRecall, points, setting, k }: TuningReport): string {
  if (chosen !== null) return `${setting} ${chosen} is the least that reaches recall@${k} ${wantedRecall}.`;
  const best = Math.max(...points.map(({ recall }) => recall));
  return `None reaches recall@${k} ${wantedRecall}; the best is ${best.toFixed(4)}. Try larger values with --values, or move the index to f32.`;
}

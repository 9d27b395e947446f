import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReferentError } from '@referent/core';
import { asMarkdown, asText, drawTradeoff, paretoFront, type Table } from '@referent/evaluation';
import { formatAmount } from '../terminal.js';
import type { Measured } from './measure.js';
import { groupOf, nameOf, type Setting } from './settings.js';

export interface TradeoffPoint extends Setting, Measured {}

export interface TradeoffReport {
  /** False where it was stopped: then only the first settings are there. */
  readonly complete: boolean;
  readonly model: { readonly name: string; readonly hash: string };
  readonly knowledgeBase: { readonly entities: number; readonly backend: string };
  readonly engine: { readonly name: string; readonly threads: number };
  readonly mentions: number;
  /** Mentions that went through the models together. */
  readonly batch: number;
  readonly sources: readonly string[];
  /** From which the others differ. */
  readonly base: Setting;
  readonly points: readonly TradeoffPoint[];
}

/** The figures as aligned columns. */
export function tradeoffText(report: TradeoffReport): string {
  return `${asText(tableOf(report))}\n\n${summaryOf(report)}\n`;
}

export function tradeoffMarkdown(report: TradeoffReport): string {
  return `# Accuracy and speed\n\n${summaryOf(report)}\n\n![Accuracy over milliseconds per mention](tradeoff.svg)\n\n${asMarkdown(tableOf(report))}\n\nAn asterisk marks the Pareto front: no other setting is as accurate and faster, or as fast and more accurate. The interval is of the accuracy, with 95 % confidence; the quartiles are of the time, over batches.\n`;
}

export function tradeoffPlot(report: TradeoffReport): string {
  const { points, base, mentions, model } = report;
  const isCrowded = points.length > 24;
  return drawTradeoff(
    points.map((point) => ({
      name: nameOf(point, base) || nameOf(base),
      group: groupOf(point, base),
      accuracy: point.accuracy,
      milliseconds: point.milliseconds,
      accuracyRange: point.accuracyRange,
      millisecondsRange: point.millisecondsRange,
    })),
    {
      title: `Accuracy and speed of ${model.name}`,
      subtitle: `${mentions} mentions, ${report.batch} at a time, ${report.knowledgeBase.entities} entities, ${report.engine.name}`,
      labels: isCrowded ? 'front' : 'all',
    },
  );
}

/** `tradeoff.json`, `tradeoff.md` and `tradeoff.svg`. @throws `REPORT_NOT_WRITABLE` */
export async function writeTradeoff(folder: string, report: TradeoffReport): Promise<void> {
  await inOutFolder(folder, async () => {
    await writeFile(join(folder, 'tradeoff.json'), tradeoffJson(report));
    await writeFile(join(folder, 'tradeoff.md'), tradeoffMarkdown(report));
    await writeFile(join(folder, 'tradeoff.svg'), tradeoffPlot(report));
  });
}

export function tradeoffJson(report: TradeoffReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** @throws `REPORT_NOT_WRITABLE` */
export async function inOutFolder(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await work();
  } catch (error) {
    throw new ReferentError('REPORT_NOT_WRITABLE', {
      what: `The results cannot be written to ${folder}.`,
      why: `${(error as Error).message}.`,
      fix: 'Choose another folder for --out.',
      details: { folder },
      cause: error,
    });
  }
}

function tableOf({ points, base }: TradeoffReport): Table {
  const front = new Set(paretoFront(points));
  const percent = (share: number) => (share * 100).toFixed(2);
  return {
    title: 'Settings',
    rows: [
      ['', 'precision', 'index', 'k', 're-rank', 'accuracy', 'interval', 'R@k', 'ms per mention', 'quartiles', 'front'],
      ...points.map((point) => {
        const { precision, quantization, candidates, rerank, accuracy, accuracyRange, recall } = point;
        const { milliseconds, millisecondsRange } = point;
        return [
          nameOf(point, base) || 'usual settings',
          precision,
          quantization,
          String(candidates),
          String(rerank),
          percent(accuracy),
          `${percent(accuracyRange.low)} to ${percent(accuracyRange.high)}`,
          percent(recall),
          milliseconds.toPrecision(3),
          `${millisecondsRange.low.toPrecision(3)} to ${millisecondsRange.high.toPrecision(3)}`,
          front.has(point) ? '*' : '',
        ];
      }),
    ],
  };
}

function summaryOf({
  complete,
  model,
  knowledgeBase,
  engine,
  mentions,
  batch,
  sources,
  points,
}: TradeoffReport): string {
  const { entities, backend } = knowledgeBase;
  const summary = `${model.name} on ${formatAmount(entities, 'entity', 'entities')} (${backend}), ${mentions} mentions, ${batch} at a time, candidates from ${sources.join(' and ')}, ${engine.name} with ${formatAmount(engine.threads, 'thread', 'threads')}.`;
  return [
    ...(complete ? [] : ['Stopped before the end.']),
    summary,
    ...(points.some(isRestless) ? ['The times vary much from batch to batch: measure with nothing else running.'] : []),
  ].join(' ');
}

/** Half of the batches lie further apart than half of the median. */
function isRestless({ milliseconds, millisecondsRange: { low, high } }: TradeoffPoint): boolean {
  return high - low > milliseconds / 2;
}

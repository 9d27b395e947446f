import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isReferentError, ReferentError } from '@referent/core';
import {
  drawReliability,
  type EvaluationReport,
  formatJson,
  formatMarkdown,
  type Judged,
  type RankOutcomes,
} from '@referent/evaluation';
import type { Io } from './io.js';
import { linesOf, openInput } from './read-input.js';
import type { LabelledMention } from './read-mentions.js';

export const outcomesFile = 'outcomes.jsonl';
const linesTogether = 1000;

/** One line of `outcomes.jsonl`. Ranks count from 1; 0 is not found. */
export interface OutcomeLine {
  readonly id: string;
  readonly world?: string | undefined;
  /** Empty for NIL. */
  readonly label_id: readonly string[];
  readonly retrieved_rank: number;
  readonly rank: number;
  readonly decided: string | null;
  readonly right: boolean;
  readonly probability: number;
}

export function outcomeLine(
  { id, labels, mention }: LabelledMention,
  { retrievedRank, finalRank, decided, decidedCorrect }: Judged,
  probability: number,
): OutcomeLine {
  return {
    id,
    world: mention.world,
    label_id: labels,
    retrieved_rank: retrievedRank,
    rank: finalRank,
    decided,
    right: decidedCorrect,
    probability: Number(probability.toPrecision(6)),
  };
}

/** Writes a report: figures, plot, and what became of each mention. An earlier report stays until this one is whole. */
export interface ReportWriter {
  add(outcome: OutcomeLine): Promise<void>;
  finish(report: EvaluationReport): Promise<void>;
  /** Removes what was begun, if it was not finished. */
  close(): Promise<void>;
}

/** @throws `REPORT_NOT_WRITABLE`, also from its methods */
export async function createReportWriter(folder: string): Promise<ReportWriter> {
  const partial = join(folder, `${outcomesFile}.new`);
  const file = await inReportFolder(folder, async (): Promise<FileHandle> => {
    await mkdir(folder, { recursive: true });
    return open(partial, 'w');
  });
  let lines: string[] = [];
  let isOpen = true;
  const flush = async () => {
    const text = lines.join('');
    lines = [];
    await file.appendFile(text);
  };
  const closeFile = async () => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    async add(outcome) {
      lines.push(`${JSON.stringify(outcome)}\n`);
      if (lines.length >= linesTogether) await inReportFolder(folder, flush);
    },
    finish: (report) =>
      inReportFolder(folder, async () => {
        await flush();
        await closeFile();
        await writeFile(join(folder, 'report.json'), formatJson(report));
        await writeFile(join(folder, 'report.md'), formatMarkdown(report));
        if (report.calibration) await writeFile(join(folder, 'reliability.svg'), drawReliability(report.calibration));
        await rename(partial, join(folder, outcomesFile));
      }),
    async close() {
      await closeFile();
      await rm(partial, { force: true });
    },
  };
}

/**
 * What an earlier run made of each mention.
 * @param report its folder, or `report.json` in it
 * @throws `COMPARE_NO_OUTCOMES`, `COMPARE_INVALID_OUTCOMES`
 */
export async function readOutcomes(report: string, io: Io): Promise<OutcomeLine[]> {
  const folder = basename(report).endsWith('.json') ? dirname(report) : report;
  const file = join(folder, outcomesFile);
  const outcomes: OutcomeLine[] = [];
  try {
    for await (const { number, text } of linesOf(await openInput(file, io))) {
      if (text.trim() !== '') outcomes.push(parseOutcome(text, file, number));
    }
  } catch (error) {
    if (!isReferentError(error, 'INPUT_UNREADABLE')) throw error;
    throw new ReferentError('COMPARE_NO_OUTCOMES', {
      what: `There is no earlier run to compare with in ${folder}.`,
      why: error.what,
      fix: 'Measure the earlier state with `referent evaluate --report FOLDER` first.',
      details: { folder },
      cause: error,
    });
  }
  return outcomes;
}

function parseOutcome(text: string, file: string, number: number): OutcomeLine {
  let outcome: Partial<OutcomeLine> | null = null;
  try {
    outcome = JSON.parse(text) as Partial<OutcomeLine> | null;
  } catch {
    // said below
  }
  const { id, label_id, retrieved_rank, rank } = outcome ?? {};
  const isWhole = typeof id === 'string' && Array.isArray(label_id);
  if (isWhole && Number.isInteger(retrieved_rank) && Number.isInteger(rank)) return outcome as OutcomeLine;
  throw new ReferentError('COMPARE_INVALID_OUTCOMES', {
    what: `${file}, line ${number}: this is no outcome of a mention.`,
    fix: 'Measure the earlier state again with `referent evaluate --report FOLDER`.',
    details: { file, line: number },
  });
}

/** The ranks of the mentions that have a right entity. */
export function ranksOf(outcomes: readonly OutcomeLine[]): RankOutcomes {
  const linkable = outcomes.filter(({ label_id }) => label_id.length > 0);
  return {
    retrievedRanks: Uint32Array.from(linkable, ({ retrieved_rank }) => retrieved_rank),
    finalRanks: Uint32Array.from(linkable, ({ rank }) => rank),
    worlds: linkable.map(({ world }) => world),
  };
}

/**
 * Only the same mentions with the same answers can be compared.
 * @throws `COMPARE_OTHER_MENTIONS`
 */
export function assertSameMention(
  earlier: OutcomeLine | undefined,
  { id, labels }: LabelledMention,
  place: number,
): void {
  if (earlier?.id === id && JSON.stringify(earlier.label_id) === JSON.stringify(labels)) return;
  const was = earlier ? `was ${earlier.id}, ${earlier.label_id.join(' or ') || 'NIL'}` : 'was not there';
  throw otherMentions(`Mention ${place + 1} is ${id}, ${labels.join(' or ') || 'NIL'}; in the earlier run it ${was}.`);
}

/** @throws `COMPARE_OTHER_MENTIONS` */
export function assertSameCount(earlier: readonly OutcomeLine[], count: number): void {
  if (earlier.length !== count) {
    throw otherMentions(`The earlier run had ${earlier.length} mentions, this one ${count}.`);
  }
}

function otherMentions(why: string): ReferentError {
  return new ReferentError('COMPARE_OTHER_MENTIONS', {
    what: 'The two runs cannot be compared: they are not over the same mentions.',
    why,
    fix: 'Give the same --mentions, in the same order, and the same --limit.',
  });
}

async function inReportFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ReferentError('REPORT_NOT_WRITABLE', {
      what: `The report cannot be written to ${folder}.`,
      why: `${(error as Error).message}.`,
      fix: 'Choose another folder for --report.',
      details: { folder },
      cause: error,
    });
  }
}

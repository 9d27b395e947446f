import type { LinkedMention, WorkOptions } from '@referent/core';
import { createEvaluation } from '@referent/evaluation';
import type { Pipeline } from '@referent/pipeline';
import { linkLabelled } from '../labelled-documents.js';
import { resultOf } from '../mention-result.js';
import type { LabelledMention } from '../read-mentions.js';

export interface Measured {
  /** Unnormalized: the first of the final ranking is right, of the mentions with a right entity. */
  readonly accuracy: number;
  /** With 95 % confidence. */
  readonly accuracyRange: Range;
  /** Mean over worlds; null without worlds. */
  readonly macroAccuracy: number | null;
  /** Share of mentions with a right entity among the candidates. */
  readonly recall: number;
  /** Per mention: the median over the batches. */
  readonly milliseconds: number;
  /** Quartiles. */
  readonly millisecondsRange: Range;
  /** Mean milliseconds per mention of each stage. */
  readonly stages: Readonly<Record<string, number>>;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

export interface MeasureOptions extends WorkOptions {
  readonly mentions: readonly LabelledMention[];
  /** Mentions that go through the models together. */
  readonly batch: number;
  readonly hasWorlds: boolean;
  /** In milliseconds. @default performance.now */
  readonly now?: () => number;
}

const warmUpBatches = 2;

/** Links all mentions batch by batch, after a warm-up; a batch at the end that is not full is not timed. */
export async function measure(
  pipeline: Pipeline,
  { mentions, batch, hasWorlds, signal, onProgress, now = () => performance.now() }: MeasureOptions,
): Promise<Measured> {
  const batches = Array.from({ length: Math.ceil(mentions.length / batch) }, (_, i) =>
    mentions.slice(i * batch, (i + 1) * batch),
  );
  const link = async (own: readonly LabelledMention[], work: WorkOptions) => {
    const linked: LinkedMention[] = [];
    for await (const answer of linkLabelled(pipeline, inTurn(own), hasWorlds, work)) linked.push(answer.linked);
    return linked;
  };
  for (const own of batches.slice(0, warmUpBatches)) await link(own, { signal });

  const evaluation = createEvaluation({ cutoffs: [1], keepOutcomes: true });
  const times: number[] = [];
  const stages = new Map<string, number>();
  const onTiming = (stage: string, milliseconds: number) => {
    stages.set(stage, (stages.get(stage) ?? 0) + milliseconds);
  };
  let done = 0;
  for (const own of batches) {
    signal?.throwIfAborted();
    const started = now();
    const linked = await link(own, { signal, onTiming });
    const elapsed = now() - started;
    if (own.length === batch || batches.length === 1) times.push(elapsed / own.length);
    own.forEach((labelled, i) => {
      evaluation.add(resultOf(labelled, linked[i]!));
    });
    done += own.length;
    onProgress?.({ step: 'link', done, total: mentions.length, unit: 'mentions' });
  }
  const { all, macro, intervals } = evaluation.report();
  times.sort((a, b) => a - b);
  return {
    accuracy: all.accuracy ?? 0,
    accuracyRange: { low: intervals?.accuracy.low ?? 0, high: intervals?.accuracy.high ?? 0 },
    macroAccuracy: macro?.accuracy ?? null,
    recall: all.total === 0 ? 0 : all.kept / all.total,
    milliseconds: quantile(times, 0.5),
    millisecondsRange: { low: quantile(times, 0.25), high: quantile(times, 0.75) },
    stages: Object.fromEntries(Array.from(stages, ([stage, total]) => [stage, total / mentions.length])),
  };
}

async function* inTurn<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Linear between the two nearest. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

import type { LinkedMention } from '@referent/core';
import type { CutDocument, Pipeline } from '@referent/pipeline';
import { describe, expect, it } from 'vitest';
import type { LabelledMention } from '../read-mentions.js';
import { measure, quantile } from './measure.js';

/** Answers with the words of the mention as an id, and lets a clock run: so many milliseconds per call. */
function fake(milliseconds: (call: number) => number) {
  const calls: CutDocument[][] = [];
  let clock = 0;
  const pipeline = {
    async *linkDocuments(documents, { onTiming } = {}) {
      const own: CutDocument[] = [];
      for await (const document of documents) own.push(document as CutDocument);
      const elapsed = milliseconds(calls.length);
      calls.push(own);
      clock += elapsed;
      onTiming?.('encode', elapsed / 2);
      for (const { id, surface } of own) yield { id, mentions: [answer(surface)] };
    },
  } as Pick<Pipeline, 'linkDocuments'> as Pipeline;
  return { pipeline, calls, now: () => clock };
}

function answer(id: string): LinkedMention {
  const entity = { id, title: id, text: '' };
  const candidate = { key: 1, entity, sources: ['dense'], scores: {}, retrievalScore: 1, probability: 1 };
  return { start: 0, end: 1, surface: id, entity, score: 1, probability: 1, candidates: [candidate] };
}

const mentions = (count: number, right: number): LabelledMention[] =>
  Array.from({ length: count }, (_, i) => ({
    id: String(i),
    mention: { contextLeft: '', surface: 'a', contextRight: '', world: i % 2 ? 'u' : 'v' },
    labels: [i < right ? 'a' : 'b'],
  }));

describe('measure', () => {
  it('takes the median over full batches after two that warm up, and the accuracy of all', async () => {
    // Two calls to warm up, then four batches of 2 and one of 1, which is slow for its size.
    const times = [900, 900, 2, 8, 4, 6, 50];
    const { pipeline, calls, now } = fake((call) => times[call]!);
    const done: number[] = [];
    const measured = await measure(pipeline, {
      ...{ mentions: mentions(9, 6), batch: 2, hasWorlds: true, now },
      onProgress: (progress) => done.push(progress.done),
    });
    expect(calls.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2, 2, 1]);
    expect(measured.milliseconds).toBe((2 + 3) / 2);
    expect(measured.millisecondsRange).toEqual({ low: 1.75, high: 3.25 });
    expect(measured).toMatchObject({ accuracy: 6 / 9, recall: 6 / 9, stages: { encode: 35 / 9 } });
    expect(measured.accuracyRange.low).toBeLessThan(6 / 9);
    expect(measured.accuracyRange.high).toBeGreaterThan(6 / 9);
    expect(measured.macroAccuracy).toBeCloseTo((3 / 5 + 3 / 4) / 2, 12);
    expect(done).toEqual([2, 4, 6, 8, 9]);
    expect(calls[2]![0]).toMatchObject({ world: 'v' });
  });

  it('times the only batch though it is not full, and leaves out worlds that the knowledge base lacks', async () => {
    const { pipeline, calls, now } = fake(() => 6);
    const measured = await measure(pipeline, { mentions: mentions(3, 3), batch: 8, hasWorlds: false, now });
    expect(measured).toMatchObject({ milliseconds: 2, millisecondsRange: { low: 2, high: 2 }, accuracy: 1 });
    expect(calls.flat().some((document) => 'world' in document)).toBe(false);
  });

  it('stops between batches', async () => {
    const controller = new AbortController();
    const { pipeline, calls, now } = fake(() => 1);
    const running = measure(pipeline, {
      ...{ mentions: mentions(9, 6), batch: 2, hasWorlds: true, now, signal: controller.signal },
      onProgress: () => controller.abort(new Error('stopped')),
    });
    await expect(running).rejects.toThrow('stopped');
    expect(calls).toHaveLength(3);
  });
});

it('quantile lies between the two nearest', () => {
  expect([0, 0.25, 0.5, 1].map((share) => quantile([1, 2, 4], share))).toEqual([1, 1.5, 2, 4]);
});

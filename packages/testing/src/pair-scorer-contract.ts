import type { MentionEntityPair, PairScorer } from '@referent/core';
import { expect } from 'vitest';
import { type ContractPromise, type KnownDivergences, testContract } from './contract.js';
import { hardTexts, sampleEntityTexts, sampleMentions } from './samples.js';

export interface PairScorerContract {
  create(): Promise<PairScorer>;
  /** Largest difference between the scores of one pair in two batches. @default 1e-4 */
  readonly tolerance?: number;
  readonly knownDivergences?: KnownDivergences;
}

/** Everything a `PairScorer` promises. */
export function testPairScorer(name: string, contract: PairScorerContract): void {
  testContract(`PairScorer contract: ${name}`, pairScorerPromises(contract), contract.knownDivergences);
}

const pairs: readonly MentionEntityPair[] = sampleMentions.flatMap((mention) =>
  sampleEntityTexts.slice(0, 4).map((entity) => ({ mention, entity })),
);
const hardPairs: readonly MentionEntityPair[] = hardTexts.flatMap((text) => [
  { mention: { contextLeft: text, surface: text, contextRight: text }, entity: sampleEntityTexts[0]! },
  { mention: sampleMentions[0]!, entity: { title: text, text } },
]);

export function pairScorerPromises({ create, tolerance = 1e-4 }: PairScorerContract): ContractPromise[] {
  const promise = (title: string, body: (scorer: PairScorer) => Promise<void>): ContractPromise => ({
    title,
    body: async () => body(await create()),
  });
  const expectClose = (found: Float32Array | readonly number[], expected: Float32Array | readonly number[]) => {
    expect(found.length).toBe(expected.length);
    found.forEach((score, at) => {
      expect(Math.abs(score - expected[at]!)).toBeLessThanOrEqual(tolerance);
    });
  };
  return [
    promise('has a name', async (scorer) => expect(scorer.name).toMatch(/\S/)),
    promise('gives one finite score per pair, and not the same to all', async (scorer) => {
      const scores = await scorer.scorePairs(pairs);
      expect(scores).toBeInstanceOf(Float32Array);
      expect(scores.length).toBe(pairs.length);
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(Math.max(...scores) - Math.min(...scores)).toBeGreaterThan(tolerance);
    }),
    promise('gives no scores for no pairs', async (scorer) => {
      expect([...(await scorer.scorePairs([]))]).toEqual([]);
    }),
    promise('gives a pair the same score alone and in a batch', async (scorer) => {
      const inputs = [...pairs, ...hardPairs];
      const together = await scorer.scorePairs(inputs);
      for (const at of [0, 7, pairs.length - 1, inputs.length - 1]) {
        expectClose(await scorer.scorePairs([inputs[at]!]), [together[at]!]);
      }
    }),
    promise('keeps the order of the pairs', async (scorer) => {
      const back = (await scorer.scorePairs(pairs.toReversed())).toReversed();
      expectClose(await scorer.scorePairs(pairs), back);
    }),
    promise('takes every text: empty, half a surrogate pair, markup, longer than its window', async (scorer) => {
      const scores = await scorer.scorePairs(hardPairs);
      expect(scores.length).toBe(hardPairs.length);
      expect(scores.every(Number.isFinite)).toBe(true);
    }),
    promise('throws the reason of a signal that is aborted', async (scorer) => {
      const reason = new Error('enough');
      await expect(scorer.scorePairs(pairs, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    }),
  ];
}

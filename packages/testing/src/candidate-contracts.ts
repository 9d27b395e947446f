import type { CandidateScorer, CandidateSource, KeyScores, MentionInContext } from '@referent/core';
import { expect } from 'vitest';
import { type ContractPromise, type KnownDivergences, testContract } from './contract.js';

export interface CandidateSourceContract {
  create(): Promise<CandidateSource>;
  /** Mentions without a world, three at least; for one of them the source has two candidates or more. */
  readonly mentions: readonly MentionInContext[];
  /** A world that the source knows, with all its keys. */
  readonly world?: { readonly name: string; readonly keys: Uint32Array };
  /** Largest difference between the scores of one mention in two batches. @default 1e-5 */
  readonly tolerance?: number;
  readonly knownDivergences?: KnownDivergences;
}

/** Everything a `CandidateSource` promises. */
export function testCandidateSource(name: string, contract: CandidateSourceContract): void {
  testContract(`CandidateSource contract: ${name}`, candidateSourcePromises(contract), contract.knownDivergences);
}

export function candidateSourcePromises({
  create,
  mentions,
  world,
  tolerance = 1e-5,
}: CandidateSourceContract): ContractPromise[] {
  const promise = (title: string, body: (source: CandidateSource) => Promise<void>): ContractPromise => ({
    title,
    body: async () => body(await create()),
  });
  const promises = [
    promise('has a name', async (source) => expect(source.name).toMatch(/\S/)),
    promise(
      'gives every mention its candidates, best first, each once, at most as many as asked for',
      async (source) => {
        let most = 0;
        for (const limit of [1, 2, 16, 1000]) {
          const found = await source.retrieve(mentions, { limit });
          expect(found.length).toBe(mentions.length);
          for (const answer of found) expectRanked(answer, limit);
          most = Math.max(...found.map(({ keys }) => keys.length));
        }
        expect(mentions.length).toBeGreaterThan(2);
        expect(most).toBeGreaterThan(1);
      },
    ),
    promise('answers no mentions with no answers', async (source) => {
      expect(await source.retrieve([], { limit: 4 })).toEqual([]);
    }),
    promise('answers a mention alone as among others', async (source) => {
      const together = await source.retrieve(mentions, { limit: 8 });
      for (const [at, mention] of mentions.entries()) {
        const [alone] = await source.retrieve([mention], { limit: 8 });
        expect([...alone!.keys]).toEqual([...together[at]!.keys]);
        alone!.scores.forEach((score, rank) => {
          expect(Math.abs(score - together[at]!.scores[rank]!)).toBeLessThanOrEqual(tolerance);
        });
      }
    }),
    promise('throws the reason of a signal that is aborted', async (source) => {
      const reason = new Error('enough');
      const retrieving = source.retrieve(mentions, { limit: 4, signal: AbortSignal.abort(reason) });
      await expect(retrieving).rejects.toBe(reason);
    }),
  ];
  if (!world) return promises;
  return [
    ...promises,
    promise("keeps to a mention's world, also beside mentions without one", async (source) => {
      const allowed = new Set(world.keys);
      const mixed = mentions.flatMap((mention) => [mention, { ...mention, world: world.name }]);
      const found = await source.retrieve(mixed, { limit: 1000 });
      const within = found.filter((_, at) => at % 2 === 1);
      expect(within.every(({ keys }) => keys.every((key) => allowed.has(key)))).toBe(true);
      expect(within.some(({ keys }) => keys.length > 0)).toBe(true);
      const without = await source.retrieve(mentions, { limit: 1000 });
      expect(found.filter((_, at) => at % 2 === 0).map(({ keys }) => [...keys])).toEqual(
        without.map(({ keys }) => [...keys]),
      );
    }),
    promise('finds nothing in a world that it does not know', async (source) => {
      const lost = mentions.map((mention) => ({ ...mention, world: 'no such world' }));
      for (const { keys } of await source.retrieve(lost, { limit: 4 })) expect([...keys]).toEqual([]);
    }),
  ];
}

export interface CandidateScorerContract {
  create(): Promise<CandidateScorer>;
  /** Two at least. */
  readonly mentions: readonly MentionInContext[];
  /** Keys that it can score, two at least. */
  readonly keys: Uint32Array;
  /** A key about which it has nothing to say, where there is one. */
  readonly unknownKey?: number;
  /** Largest difference between the scores of one pair in two batches. @default 1e-5 */
  readonly tolerance?: number;
  readonly knownDivergences?: KnownDivergences;
}

/** Everything a `CandidateScorer` promises. */
export function testCandidateScorer(name: string, contract: CandidateScorerContract): void {
  testContract(`CandidateScorer contract: ${name}`, candidateScorerPromises(contract), contract.knownDivergences);
}

export function candidateScorerPromises({
  create,
  mentions,
  keys,
  unknownKey,
  tolerance = 1e-5,
}: CandidateScorerContract): ContractPromise[] {
  const promise = (title: string, body: (scorer: CandidateScorer) => Promise<void>): ContractPromise => ({
    title,
    body: async () => body(await create()),
  });
  const close = (a: number, b: number) => Math.abs(a - b) <= tolerance || (Number.isNaN(a) && Number.isNaN(b));
  return [
    promise('has a name', async (scorer) => expect(scorer.name).toMatch(/\S/)),
    promise('scores every key of every mention, in order, whatever stands beside it', async (scorer) => {
      const table = await scorer.score(
        mentions,
        mentions.map(() => keys),
      );
      expect(table.map((scores) => scores.length)).toEqual(mentions.map(() => keys.length));
      expect(table.flatMap((scores) => [...scores]).some(Number.isFinite)).toBe(true);
      for (const [row, mention] of mentions.entries()) {
        const reversed = keys.toReversed();
        const [alone] = await scorer.score([mention], [reversed]);
        expect(alone).toBeInstanceOf(Float32Array);
        alone!.forEach((score, at) => {
          expect(close(score, table[row]![keys.length - 1 - at]!)).toBe(true);
        });
      }
    }),
    promise('takes no mentions, and mentions without keys', async (scorer) => {
      expect(await scorer.score([], [])).toEqual([]);
      const some = mentions.map((_, row) => (row === 0 ? new Uint32Array() : keys));
      expect((await scorer.score(mentions, some)).map((scores) => scores.length)).toEqual(
        some.map(({ length }) => length),
      );
    }),
    ...(unknownKey === undefined
      ? []
      : [
          promise('says NaN where it has nothing to say', async (scorer) => {
            const [scores] = await scorer.score([mentions[0]!], [Uint32Array.of(unknownKey, keys[0]!)]);
            expect(scores!.length).toBe(2);
            expect(scores![0]).toBeNaN();
          }),
        ]),
    promise('throws the reason of a signal that is aborted', async (scorer) => {
      const reason = new Error('enough');
      const scoring = scorer.score(
        mentions,
        mentions.map(() => keys),
        { signal: AbortSignal.abort(reason) },
      );
      await expect(scoring).rejects.toBe(reason);
    }),
  ];
}

function expectRanked({ keys, scores }: KeyScores, limit: number): void {
  expect(keys).toBeInstanceOf(Uint32Array);
  expect(scores.length).toBe(keys.length);
  expect(keys.length).toBeLessThanOrEqual(limit);
  expect(new Set(keys).size).toBe(keys.length);
  expect(scores.every(Number.isFinite)).toBe(true);
  expect(scores.every((score, rank) => rank === 0 || score <= scores[rank - 1]!)).toBe(true);
}

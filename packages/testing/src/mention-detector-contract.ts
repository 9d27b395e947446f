import { type Mention, type MentionDetector, splitsCharacter } from '@referent/core';
import { expect } from 'vitest';
import { type ContractPromise, type KnownDivergences, testContract } from './contract.js';
import { hardTexts } from './samples.js';

export interface MentionDetectorContract {
  create(): Promise<MentionDetector>;
  /** Texts with the surfaces that this detector must find in them, in order, and no others. One at least has a mention. */
  readonly examples: readonly { readonly text: string; readonly surfaces: readonly string[] }[];
  readonly knownDivergences?: KnownDivergences;
}

/** Everything a `MentionDetector` promises. */
export function testMentionDetector(name: string, contract: MentionDetectorContract): void {
  testContract(`MentionDetector contract: ${name}`, mentionDetectorPromises(contract), contract.knownDivergences);
}

export function mentionDetectorPromises({ create, examples }: MentionDetectorContract): ContractPromise[] {
  const promise = (title: string, body: (detector: MentionDetector) => Promise<void>): ContractPromise => ({
    title,
    body: async () => body(await create()),
  });
  return [
    promise('has a name', async (detector) => expect(detector.name).toMatch(/\S/)),
    promise('finds what its examples say', async (detector) => {
      expect(examples.some(({ surfaces }) => surfaces.length > 0)).toBe(true);
      for (const { text, surfaces } of examples) {
        const mentions = await detector.detect(text);
        expect(mentions.map(({ surface }) => surface)).toEqual(surfaces);
        expectValid(text, mentions);
      }
    }),
    promise('counts positions in UTF-16 units of the text as given, after any characters', async (detector) => {
      for (const before of ['', '😀 ', '𐌲𐌿𐍄𐌰. ', '\r\n\r\n', '\ufeff', 'e\u0301: ', '\ud83d. ']) {
        for (const { text } of examples) expectValid(before + text, await detector.detect(before + text));
      }
    }),
    promise('takes every text, and finds nothing in an empty one', async (detector) => {
      expect(await detector.detect('')).toEqual([]);
      for (const text of hardTexts) expectValid(text, await detector.detect(text));
    }),
    promise('says the same each time, also when asked at the same time', async (detector) => {
      const texts = examples.map(({ text }) => text);
      const once = await Promise.all(texts.map((text) => detector.detect(text)));
      const again = await Promise.all(texts.map((text) => detector.detect(text)));
      expect(again).toEqual(once);
    }),
    promise('throws the reason of a signal that is aborted', async (detector) => {
      const reason = new Error('enough');
      const detecting = detector.detect(examples[0]!.text, { signal: AbortSignal.abort(reason) });
      await expect(detecting).rejects.toBe(reason);
    }),
  ];
}

/** In order, not overlapping, inside the text, not through a character, and the surface is what stands there. */
function expectValid(text: string, mentions: readonly Mention[]): void {
  let end = 0;
  for (const mention of mentions) {
    expect(Number.isInteger(mention.start) && Number.isInteger(mention.end)).toBe(true);
    expect(mention.start).toBeGreaterThanOrEqual(end);
    expect(mention.end).toBeGreaterThan(mention.start);
    expect(mention.end).toBeLessThanOrEqual(text.length);
    expect([mention.start, mention.end].some((position) => splitsCharacter(text, position))).toBe(false);
    expect(mention.surface).toMatch(/\S/u);
    expect(text.slice(mention.start, mention.end)).toContain(mention.surface);
    end = mention.end;
  }
}

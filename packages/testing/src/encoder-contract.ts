import type { EntityEncoder, EntityText, MentionEncoder, MentionInContext, Rows, WorkOptions } from '@referent/core';
import { expect } from 'vitest';
import { type ContractPromise, type KnownDivergences, testContract } from './contract.js';
import { hardTexts, sampleEntityTexts, sampleMentions } from './samples.js';

export interface EncoderContract<Encoder> {
  create(): Promise<Encoder>;
  /** Largest difference between the vectors of one input in two batches. @default 1e-5 */
  readonly tolerance?: number;
  readonly knownDivergences?: KnownDivergences;
}

/** Everything a `MentionEncoder` promises. */
export function testMentionEncoder(name: string, contract: EncoderContract<MentionEncoder>): void {
  testContract(`MentionEncoder contract: ${name}`, mentionEncoderPromises(contract), contract.knownDivergences);
}

/** Everything an `EntityEncoder` promises. */
export function testEntityEncoder(name: string, contract: EncoderContract<EntityEncoder>): void {
  testContract(`EntityEncoder contract: ${name}`, entityEncoderPromises(contract), contract.knownDivergences);
}

export function mentionEncoderPromises(contract: EncoderContract<MentionEncoder>): ContractPromise[] {
  const hard = hardTexts.flatMap((text): MentionInContext[] => [
    { contextLeft: text, surface: 'Paris', contextRight: text },
    { contextLeft: 'In ', surface: text, contextRight: '.' },
  ]);
  return encoderPromises({
    ...contract,
    encode: (encoder, inputs, options) => encoder.encodeMentions(inputs, options),
    samples: sampleMentions,
    hard,
  });
}

export function entityEncoderPromises(contract: EncoderContract<EntityEncoder>): ContractPromise[] {
  const hard = hardTexts.flatMap((text): EntityText[] => [
    { title: 'Paris', text },
    { title: text, text: 'A city.' },
  ]);
  return encoderPromises({
    ...contract,
    encode: (encoder, inputs, options) => encoder.encodeEntities(inputs, options),
    samples: sampleEntityTexts,
    hard,
  });
}

interface EncoderCase<Encoder, Input> extends EncoderContract<Encoder> {
  encode(encoder: Encoder, inputs: readonly Input[], options?: WorkOptions): Promise<Rows>;
  /** All different, also to a model. */
  readonly samples: readonly Input[];
  readonly hard: readonly Input[];
}

function encoderPromises<Encoder extends { readonly dimensions: number }, Input>({
  create,
  encode,
  samples,
  hard,
  tolerance = 1e-5,
}: EncoderCase<Encoder, Input>): ContractPromise[] {
  const promise = (title: string, body: (encoder: Encoder) => Promise<void>): ContractPromise => ({
    title,
    body: async () => body(await create()),
  });
  const vectors = async (encoder: Encoder, inputs: readonly Input[]) => {
    const { data, count } = await encode(encoder, inputs);
    expect([count, data.length]).toEqual([inputs.length, inputs.length * encoder.dimensions]);
    return Array.from({ length: count }, (_, row) =>
      data.slice(row * encoder.dimensions, (row + 1) * encoder.dimensions),
    );
  };
  const distance = (a: Float32Array, b: Float32Array) => Math.max(...a.map((value, d) => Math.abs(value - b[d]!)));

  return [
    promise('gives one finite vector of its dimensions per input', async (encoder) => {
      expect(Number.isInteger(encoder.dimensions) && encoder.dimensions > 0).toBe(true);
      const rows = await encode(encoder, samples);
      expect(rows.data).toBeInstanceOf(Float32Array);
      for (const vector of await vectors(encoder, samples)) {
        expect(vector.every(Number.isFinite)).toBe(true);
        expect(vector.some((value) => value !== 0)).toBe(true);
      }
    }),
    promise('gives no vectors for no inputs', async (encoder) => {
      expect(await vectors(encoder, [])).toEqual([]);
    }),
    promise('gives an input the same vector alone and in a batch', async (encoder) => {
      const inputs = [...samples, ...hard];
      const together = await vectors(encoder, inputs);
      for (const at of [0, 1, samples.length - 1, samples.length, inputs.length - 1]) {
        const [alone] = await vectors(encoder, [inputs[at]!]);
        expect(distance(alone!, together[at]!)).toBeLessThanOrEqual(tolerance);
      }
    }),
    promise('keeps the order of the inputs', async (encoder) => {
      const forth = await vectors(encoder, samples);
      const back = (await vectors(encoder, samples.toReversed())).toReversed();
      forth.forEach((vector, at) => {
        expect(distance(vector, back[at]!)).toBeLessThanOrEqual(tolerance);
      });
    }),
    promise('gives different inputs different vectors, and equal ones equal vectors', async (encoder) => {
      const [first, second, again] = await vectors(encoder, [samples[0]!, samples[1]!, samples[0]!]);
      expect(distance(first!, second!)).toBeGreaterThan(tolerance);
      expect(distance(first!, again!)).toBeLessThanOrEqual(tolerance);
    }),
    promise('takes every text: empty, half a surrogate pair, markup, longer than its window', async (encoder) => {
      for (const vector of await vectors(encoder, hard)) expect(vector.every(Number.isFinite)).toBe(true);
    }),
    promise('throws the reason of a signal that is aborted', async (encoder) => {
      const reason = new Error('enough');
      await expect(encode(encoder, samples, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    }),
  ];
}

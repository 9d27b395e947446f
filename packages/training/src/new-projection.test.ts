import { parseBertConfig } from '@referent/transformer';
import { expect, it } from 'vitest';
import { withNewProjection } from './new-projection.js';
import { createRandom } from './random.js';

const config = parseBertConfig({
  ...{ hidden_size: 4, num_hidden_layers: 1, num_attention_heads: 1, intermediate_size: 2 },
  ...{ vocab_size: 10, max_position_embeddings: 8, type_vocab_size: 2 },
});
const head = { pooling: 'cls', projection: { weight: 'score.weight', bias: 'score.bias' } } as const;
const source = (own: Record<string, number[]>) => ({
  fingerprint: 'own',
  has: (name: string) => name in own,
  get: (name: string) => ({ shape: [own[name]!.length], data: Float32Array.from(own[name]!) }),
});

it('adds the projection that is missing, the same for the same random, and leaves what is there', () => {
  const made = () => withNewProjection(source({ other: [7] }), config, head, { outputs: 2, random: createRandom(1) });
  const { shape, data } = made().get('score.weight');
  expect(shape).toEqual([2, 4]);
  expect(new Set(data).size).toBe(8);
  expect(Math.max(...data.map(Math.abs))).toBeLessThan(0.1);
  expect(made().get('score.weight').data).toEqual(data);
  expect([...made().get('score.bias').data]).toEqual([0, 0]);
  expect([...made().get('other').data]).toEqual([7]);
  expect(made().has('another')).toBe(false);
  expect(made().fingerprint).not.toBe('own');

  const there = source({ 'score.weight': [1, 2, 3, 4], 'score.bias': [5] });
  const kept = withNewProjection(there, config, head, { outputs: 1, random: createRandom(1) });
  expect([...kept.get('score.weight').data]).toEqual([1, 2, 3, 4]);
  expect(withNewProjection(there, config, { pooling: 'cls' }, { outputs: 1, random: createRandom(1) })).toBe(there);
});

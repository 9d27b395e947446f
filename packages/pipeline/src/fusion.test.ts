import { isReferentError } from '@referent/core';
import { expect, test } from 'vitest';
import { assertFusion, fuse, type Weighting } from './fusion.js';

test('is a weighted sum, with a default for what is missing', () => {
  const fused = fuse([{ dense: 0.5, names: 1 }, { dense: 0.25 }, { names: 0.5, other: 9 }], {
    weights: { dense: 2, names: 1 },
    missing: { dense: -1 },
  });
  expect([...fused]).toEqual([2, 0.5, -1.5]);
});

test('weighs candidates that have the named score otherwise', () => {
  const fused = fuse([{ dense: 0.9, topic: 0.1 }, { dense: 0.9, topic: 0.5, names: 0.8 }, { names: 0 }], {
    weights: { dense: 1, topic: 0.2 },
    having: { score: 'names', weights: { names: 1, topic: 1 }, missing: { topic: -1 } },
  });
  expect(fused[0]).toBeCloseTo(0.92);
  expect(fused[1]).toBeCloseTo(1.3);
  expect(fused[2]).toBeCloseTo(-1);
});

test('weighs the bearers of a common word as is said for it', () => {
  const candidates = [{ dense: 0.5, names: 0.8 }, { dense: 0.5 }];
  const having = { score: 'names', weights: { names: 1 } };
  const fused = (surface: string, inLowerCase?: Weighting) =>
    fuse(candidates, { weights: { dense: 1 }, having: { ...having, ...(inLowerCase && { inLowerCase }) } }, surface)[0];
  const inLowerCase = { weights: { dense: 4 }, missing: {} };
  for (const surface of ['bank', '“bank', '3rd', 'éclair']) expect(fused(surface, inLowerCase), surface).toBe(2);
  for (const surface of ['Bank', '银行', '', '42', 'ǅ']) expect(fused(surface, inLowerCase), surface).toBe(0.8);
  expect(fused('bank')).toBe(0.8);
  expect([...fuse(candidates, { weights: { dense: 1 } }, 'bank')]).toEqual([0.5, 0.5]);
  expect(fuse(candidates, { weights: { dense: 1 }, having: { ...having, inLowerCase } }, 'bank')[1]).toBe(0.5);
});

test('counts places where it is told to, equal scores alike', () => {
  const candidates = [{ dense: 0.9, lexical: 0.1 }, { dense: 0.9 }, { dense: 0.2, lexical: 0.7 }, { names: 5 }];
  const fused = fuse(candidates, {
    weights: { dense: 1, lexical: 2, names: 0 },
    missing: { lexical: -1 },
    reciprocalRank: 60,
  });
  expect([...fused]).toEqual([1 / 61 + 2 / 62, 1 / 61 - 2, 1 / 63 + 2 / 61, -2]);
  const bearers = fuse(candidates, {
    weights: {},
    having: { score: 'names', weights: { names: 3 } },
    reciprocalRank: 0,
  });
  expect([...bearers]).toEqual([0, 0, 0, 3]);
});

test('of nothing is nothing', () => {
  expect(fuse([], { weights: { dense: 1 } })).toHaveLength(0);
});

test.each([
  { weights: { Dense: 1 } },
  { weights: { dense: Number.NaN } },
  { weights: { dense: 1 }, missing: { names: 0 } },
  { weights: { dense: 1 }, missing: { dense: Number.NEGATIVE_INFINITY } },
  { weights: { dense: 1 }, having: { score: 'names', weights: {} } },
  { weights: { dense: 1 }, reciprocalRank: -1 },
  { weights: { dense: 1 }, reciprocalRank: Number.NaN },
  { weights: { dense: 1 }, having: { score: 'dense', weights: { topic: 1 } } },
  { weights: { dense: 1 }, having: { score: 'dense', weights: {}, inLowerCase: { weights: { topic: 1 } } } },
])('refuses %j', (fusion) => {
  const refusal = () => assertFusion(fusion, ['dense']);
  expect(refusal).toThrow();
  try {
    refusal();
  } catch (error) {
    expect(isReferentError(error, 'PIPELINE_INVALID_FUSION')).toBe(true);
  }
});

import { isReferentError } from '@referent/core';
import { expect, test } from 'vitest';
import { assertFusion, fuse } from './fusion.js';

test('is a weighted sum, with a default for what is missing', () => {
  const fused = fuse([{ dense: 0.5, names: 1 }, { dense: 0.25 }, { names: 0.5, other: 9 }], {
    weights: { dense: 2, names: 1 },
    missing: { dense: -1 },
  });
  expect([...fused]).toEqual([2, 0.5, -1.5]);
});

test('standardizes within the mention, over the candidates that have the score', () => {
  const fusion = { weights: { dense: 1 }, standardized: ['dense'], missing: { dense: -3 } };
  expect([...fuse([{ dense: 1 }, { dense: 3 }, {}], fusion)]).toEqual([-1, 1, -3]);
  expect([...fuse([{ dense: 101 }, { dense: 103 }], fusion)], 'a shift changes nothing').toEqual([-1, 1]);
  expect([...fuse([{ dense: 0.1 }, { dense: 0.1 }, { dense: 0.1 }], fusion)], 'equal scores say nothing').toEqual([
    0, 0, 0,
  ]);
  expect([...fuse([{ dense: 7 }], fusion)]).toEqual([0]);
  expect([...fuse([{}], fusion)]).toEqual([-3]);
});

test('of nothing is nothing', () => {
  expect(fuse([], { weights: { dense: 1 }, standardized: ['dense'] })).toHaveLength(0);
});

test.each([
  { weights: { Dense: 1 } },
  { weights: { dense: Number.NaN } },
  { weights: { dense: 1 }, missing: { names: 0 } },
  { weights: { dense: 1 }, missing: { dense: Number.NEGATIVE_INFINITY } },
  { weights: { dense: 1 }, standardized: ['topic'] },
])('refuses %j', (fusion) => {
  const refusal = () => assertFusion(fusion, ['dense']);
  expect(refusal).toThrow();
  try {
    refusal();
  } catch (error) {
    expect(isReferentError(error, 'PIPELINE_INVALID_FUSION')).toBe(true);
  }
});

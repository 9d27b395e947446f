import { expect, it } from 'vitest';
import { learningRateAt } from './schedule.js';

const rates = (options: Parameters<typeof learningRateAt>[1]) =>
  Array.from({ length: options.steps }, (_, step) => Number(learningRateAt(step, options).toFixed(6)));

it('rises, then falls towards 0', () => {
  expect(rates({ learningRate: 1, steps: 8, warmup: 0.5 })).toEqual([0.2, 0.4, 0.6, 0.8, 1, 0.75, 0.5, 0.25]);
});

it('may stay', () => {
  expect(rates({ learningRate: 1, steps: 4, warmup: 0.25, decay: 'constant' })).toEqual([0.5, 1, 1, 1]);
});

it('begins at the top without warm-up', () => {
  expect(rates({ learningRate: 2, steps: 4, warmup: 0 })).toEqual([2, 1.5, 1, 0.5]);
});

import { describe, expect, it } from 'vitest';
import { createRandom, dropoutMask, normals, sampled, shuffled } from './random.js';

const take = (random: ReturnType<typeof createRandom>) => Array.from({ length: 5 }, () => random.bits());

describe('createRandom', () => {
  it('is a function of its labels', () => {
    expect(take(createRandom(1, 'a'))).toEqual(take(createRandom(1, 'a')));
    const all = [
      createRandom(1, 'a'),
      createRandom(1, 'b'),
      createRandom(2, 'a'),
      createRandom('1', 'a'),
      createRandom('1a'),
    ];
    expect(new Set(all.map((it) => take(it)[0])).size).toBe(all.length);
  });

  it('forks by labels, whatever was drawn before', () => {
    const random = createRandom(1);
    const fork = take(random.fork('x', 2));
    random.bits();
    expect(take(random.fork('x', 2))).toEqual(fork);
    expect(take(random.fork('x', 3))).not.toEqual(fork);
    expect(take(createRandom(1, 'x', 2))).toEqual(fork);
  });

  it('spreads evenly', () => {
    const random = createRandom(3);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 8000; i++) counts[random.integer(4)]!++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});

it('shuffled keeps all items; sampled takes each at most once', () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  expect(shuffled(items, createRandom(1)).sort((a, b) => a - b)).toEqual(items);
  expect(shuffled(items, createRandom(1))).not.toEqual(items);
  expect(new Set(sampled(items, 20, createRandom(1))).size).toBe(20);
  expect(sampled(items, 99, createRandom(1)).length).toBe(50);
  expect(items[0]).toBe(0);
});

it('dropoutMask drops its rate and keeps the mean', () => {
  const mask = dropoutMask(20_001, 0.1, createRandom(1));
  const dropped = mask.filter((value) => value === 0).length;
  expect(dropped / mask.length).toBeCloseTo(0.1, 1);
  expect(Math.abs(dropped - 2000)).toBeLessThan(150);
  expect(mask.reduce((sum, value) => sum + value, 0) / mask.length).toBeCloseTo(1, 1);
  expect(mask.at(-1)).not.toBe(undefined);
});

it('normals have the deviation that is asked for', () => {
  const values = normals(10_000, 0.02, createRandom(1));
  const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(Math.sqrt(variance)).toBeCloseTo(0.02, 3);
});

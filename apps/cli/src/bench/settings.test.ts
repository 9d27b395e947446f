import { describe, expect, it } from 'vitest';
import { baseOf, groupOf, nameOf, type Setting, type Sweep, settingsOf } from './settings.js';

const usual: Setting = { precision: 'bfloat16', quantization: 'f32', candidates: 64, rerank: 16 };
const sweep: Sweep = {
  precision: ['float32', 'bfloat16'],
  quantization: ['f32', 'i8'],
  candidates: [4, 64],
  rerank: ['off', 16],
};

describe('baseOf', () => {
  it('is usual where that is swept, else the first', () => {
    expect(baseOf(sweep, usual)).toEqual(usual);
    const other: Sweep = { precision: ['float32'], quantization: ['i8', 'b1'], candidates: [8, 2], rerank: ['off', 4] };
    expect(baseOf(other, usual)).toEqual({ precision: 'float32', quantization: 'i8', candidates: 8, rerank: 'off' });
  });

  it('re-ranks no more than there are candidates', () => {
    expect(baseOf({ ...sweep, candidates: [8] }, usual).rerank).toBe(8);
  });
});

describe('settingsOf', () => {
  it('varies one thing at a time around the base, each setting once, models and indexes together', () => {
    const settings = settingsOf(sweep, usual, false);
    expect(settings.map((setting) => nameOf(setting, usual))).toEqual([
      'float32',
      '',
      'k 4, re-rank 4',
      'no re-ranking',
      'i8',
    ]);
    const opened = settings.map(({ precision, quantization }) => `${precision} ${quantization}`);
    expect(opened).toEqual([...opened].sort((a, b) => opened.indexOf(a) - opened.indexOf(b)));
  });

  it('gives every combination, but for those that are the same', () => {
    const settings = settingsOf({ ...sweep, rerank: ['off', 4, 8, 16] }, usual, true);
    // Of four candidates 4, 8 and 16 re-read the same: 2 x 2 x (2 + 4).
    expect(settings).toHaveLength(24);
    expect(new Set(settings.map((setting) => nameOf(setting))).size).toBe(24);
    expect(settings.every(({ rerank, candidates }) => rerank === 'off' || rerank <= candidates)).toBe(true);
  });

  it('is the base alone where nothing is swept', () => {
    const one: Sweep = { precision: ['bfloat16'], quantization: ['f32'], candidates: [64], rerank: [16] };
    expect(settingsOf(one, usual, false)).toEqual([usual]);
    expect(settingsOf(one, usual, true)).toEqual([usual]);
  });
});

it.each([
  [{}, '', 'usual settings'],
  [{ candidates: 4 }, 'k 4', 'candidates k'],
  [{ rerank: 'off' }, 'no re-ranking', 're-rank depth'],
  [{ quantization: 'b1', precision: 'float32' }, 'b1, float32', 'combined'],
] as const)('a setting with %j is called %j, in the group %s', (different, name, group) => {
  const setting = { ...usual, ...different } as Setting;
  expect([nameOf(setting, usual), groupOf(setting, usual)]).toEqual([name, group]);
});

import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { expect, it } from 'vitest';
import { createProfile } from './profile.js';

function tableOf(...timings: [stage: string, milliseconds: number, mentions?: number][]): string[][] {
  const profile = createProfile();
  for (const timing of timings) profile.onTiming(...timing);
  const [, , ...rows] = stripVTControlCharacters(profile.format(pc.createColors(true)))
    .trimEnd()
    .split('\n');
  return rows.map((row) => row.trim().split(/ {2,}/));
}

it('shares the time of a batch among its mentions, whatever the parts were called', () => {
  const rows = tableOf(
    ['detect', 30, 3],
    ['tokenize', 2],
    ['encode', 8, 2],
    ['search', 4, 2],
    ['retrieve dense', 0, 2],
    ['encode', 2, 1], // the second view of one of the mentions
    ['score topic', 6, 2],
    ['decide', 0, 2],
    ['encode', 20, 1],
    ['search', 10, 1],
    ['decide', 0, 1],
  );
  expect(rows).toEqual([
    ['detect', '30 ms', '37 %', '10 ms', '10 ms'],
    ['tokenize', '2 ms', '2 %', '1 ms', '1 ms'],
    ['encode', '30 ms', '37 %', '5 ms', '20 ms'],
    ['search', '14 ms', '17 %', '2 ms', '10 ms'],
    ['score', '6 ms', '7 %', '3 ms', '3 ms'],
    ['decide', '0 ms', '0 %', '0 ms', '0 ms'],
  ]);
});

it('weighs a percentile by mentions, not by batches', () => {
  const batches = Array.from({ length: 9 }, (): ['decide', number, number] => ['decide', 100, 1]);
  expect(tableOf(['decide', 190, 190], ...batches)).toEqual([['decide', '1090 ms', '100 %', '1 ms', '1 ms']]);
});

it('knows no time per mention where there were none', () => {
  expect(tableOf(['detect', 5, 0])).toEqual([['detect', '5 ms', '100 %', '-', '-']]);
  expect(createProfile().format(pc.createColors(false))).toContain('0 mentions, 0 ms');
});

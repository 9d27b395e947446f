import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurns } from './turns.js';

it('lets one piece of work begin when the one before has ended, also when that failed', async () => {
  const inTurn = createTurns();
  const said: string[] = [];
  const work = (name: string, milliseconds: number) => async () => {
    said.push(`${name} begins`);
    await setTimeout(milliseconds);
    said.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const all = [inTurn(work('a', 20)), inTurn(work('b', 5)), inTurn(work('c', 0)), inTurn(() => 'd')];
  expect(said).toEqual([]); // never within the call
  const outcomes = await Promise.allSettled(all);
  expect(outcomes.map((it) => (it.status === 'fulfilled' ? it.value : it.reason.message))).toEqual([
    'a',
    'b failed',
    'c',
    'd',
  ]);
  expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

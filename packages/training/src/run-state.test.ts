import { expect, it } from 'vitest';
import { minedFromState, minedToState } from './run-state.js';

it('keeps mined negatives of sets and examples whose names could be taken for each other', () => {
  const found = (name: string) => ({ negatives: [name], goldRank: 0 });
  const mined = new Map([
    [
      'a',
      new Map([
        ['b', found('1')],
        ['c","d', found('2')],
      ]),
    ],
    ['a","b', new Map([['c', found('3')]])],
  ]);
  const kept = JSON.parse(JSON.stringify(minedToState(mined))) as ReturnType<typeof minedToState>;
  expect(kept.length).toBe(3);
  expect(minedFromState(kept)).toEqual(mined);
  expect(minedFromState([])).toEqual(new Map());
});

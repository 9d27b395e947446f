import { describe, expect, it } from 'vitest';
import { createSlotTable } from './slot-table.js';

describe('the table of slots', () => {
  it.each([
    ['in the order of the keys', [2, 0, 5, 1, 4_294_967_295, 2]],
    ['in another order', [4_294_967_295, 2, 2, 0, 5, 1]],
  ])('finds each key that is there, given %s', (_, entries) => {
    const table = createSlotTable(Uint32Array.from(entries));
    expect([...table.keys]).toEqual([2, 5, 4_294_967_295]);
    expect([2, 5, 4_294_967_295].map(table.slotOf)).toEqual([0, 1, 2]);
    expect([0, 3, 6, 4_294_967_294].map(table.slotOf)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('finds nothing where there is nothing', () => {
    const table = createSlotTable(new Uint32Array());
    expect(table.slotOf(0)).toBeUndefined();
    expect(table.keys).toHaveLength(0);
  });
});

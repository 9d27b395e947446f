import { describe, expect, it } from 'vitest';
import { readFacts } from '../src/store/facts.js';
import { createDatabaseNames } from '../src/store/store-names.js';
import { createStoreWriter } from '../src/store/store-writer.js';
import { createStoredEntities } from './stores.js';

describe('the filter of a growing store', () => {
  it('misses no name, however often it was filled up and made anew', async () => {
    const database = createStoredEntities([{ id: 'first', title: 'The First Name', text: '' }]);
    const writer = createStoreWriter(database);
    const capacities = new Set<number>();
    const titleOf = (i: number) => `Name${i.toString(36)} of Grown${(i * 7) % 31} Place`;
    for (let batch = 0; batch < 12; batch++) {
      const from = batch * 200;
      const entities = Array.from({ length: 200 }, (_, i) => ({
        id: `e${from + i}`,
        title: titleOf(from + i),
        text: '',
      }));
      writer.insert(entities);
      capacities.add(readFacts(database).filterCapacity);
    }
    expect(capacities.size).toBeGreaterThan(2);
    const names = createDatabaseNames(database, { through: 5000 });
    const words = Array.from({ length: 2400 }, (_, i) => titleOf(i).toLowerCase().split(' ')).flat();
    expect(await names.scan(words)).toHaveLength(2400);
    expect(await names.scan(['the', 'first', 'name'])).toEqual([{ from: 0, to: 3 }]);
  });
});

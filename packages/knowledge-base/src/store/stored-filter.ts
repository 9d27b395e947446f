import { blockBits, createNameFilter, filterBytes, filterItems } from '../names/name-filter.js';
import type { Database } from './database.js';
import { type Facts, writeFacts } from './facts.js';

const blockBytes = blockBits / 8;
const namesPerPause = 50_000;

/** Adds names to the stored filter, inside the caller's transaction. Makes it anew when it gets too full. */
export function addToFilter(database: Database, names: readonly string[], draft: Facts): void {
  draft.filterItems += names.reduce((sum, name) => sum + filterItems(name), 0);
  if (draft.filterItems > draft.filterCapacity) {
    const items = draft.filterItems * 2; // room for as many again, so that this stays rare
    const filter = createNameFilter(new Uint8Array(filterBytes(items)));
    for (const batch of nameBatches(database)) for (const name of batch) filter.add(name);
    storeFilter(database, filter.bits);
    draft.filterCapacity = items;
    return;
  }
  const bits = Buffer.concat(
    database.all<[Uint8Array]>('SELECT bits FROM filter ORDER BY block').map(([block]) => block),
  );
  const before = Uint8Array.from(bits);
  const filter = createNameFilter(bits);
  for (const name of names) filter.add(name);
  for (let at = 0; at < bits.length; at += blockBytes) {
    const block = bits.subarray(at, at + blockBytes);
    if (block.equals(before.subarray(at, at + blockBytes))) continue;
    database.run('UPDATE filter SET bits = ? WHERE block = ?', block, at / blockBytes);
  }
}

/** Makes the filter of all stored names, in one transaction. `pause` is called now and then, to let others work. */
export async function buildFilter(
  database: Database,
  { filterItems: now }: Pick<Facts, 'filterItems'>,
  pause: () => Promise<void>,
): Promise<void> {
  const items = Math.ceil(now * 1.25); // room for what is added later
  const filter = createNameFilter(new Uint8Array(filterBytes(items)));
  for (const batch of nameBatches(database)) {
    for (const name of batch) filter.add(name);
    await pause();
  }
  database.transaction(() => {
    storeFilter(database, filter.bits);
    writeFacts(database, { filterCapacity: items });
  });
}

function storeFilter(database: Database, bits: Uint8Array): void {
  database.run('DELETE FROM filter');
  for (let at = 0; at < bits.length; at += blockBytes) {
    const block = bits.subarray(at, at + blockBytes);
    database.run('INSERT INTO filter (block, bits) VALUES (?, ?)', at / blockBytes, block);
  }
}

/** All names, each once, in order. */
function* nameBatches(database: Database): Generator<string[]> {
  for (let after = ''; ; ) {
    const rows = database.all<[string]>(
      'SELECT DISTINCT name FROM names WHERE name > ? ORDER BY name LIMIT ?',
      after,
      namesPerPause,
    );
    if (rows.length === 0) return;
    const names = rows.map(([name]) => name);
    yield names;
    after = names.at(-1)!;
  }
}

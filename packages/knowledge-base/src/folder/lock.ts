import { join } from 'node:path';
import { openDatabase } from '../store/database.js';

/**
 * Keeps a second writer out. The lock is SQLite's own on an empty database, which the operating system takes back from
 * a dead process: there is no stale lock to judge. Readers need none.
 * @throws `SQLITE_BUSY` another process writes
 */
export function lockFolder(folder: string): { release(): void } {
  const database = openDatabase(join(folder, 'write.lock'), { patience: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw error;
  }
  const release = () => {
    database.exec('ROLLBACK');
    database.close();
  };
  return { release };
}

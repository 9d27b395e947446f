import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReferentError } from '@referent/core';
import { afterAll, describe, expect, it } from 'vitest';
import { explain, inKnowledgeBase } from './errors.js';
import { openDatabase } from './store/database.js';

const folder = mkdtempSync(join(tmpdir(), 'referent-errors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const failing = (work: () => void) => inKnowledgeBase(folder, async () => work());

describe('what storage refuses is said in words', () => {
  it.each([
    ['ENOSPC', 'KB_DISK_FULL'],
    ['EDQUOT', 'KB_DISK_FULL'],
    ['EROFS', 'KB_NOT_WRITABLE'],
    ['EACCES', 'KB_NOT_WRITABLE'],
    ['SQLITE_READONLY_DIRECTORY', 'KB_NOT_WRITABLE'],
    ['SQLITE_IOERR_WRITE', 'KB_IO_FAILED'],
    ['SQLITE_CORRUPT', 'KB_CORRUPT'],
    ['SQLITE_BUSY', 'KB_LOCKED'],
  ])('%s is %s', (code, expected) => {
    const error = Object.assign(new Error('from below'), { code });
    expect(explain(error, '/kb')).toMatchObject({
      code: expected,
      cause: error,
      message: expect.stringContaining('/kb'),
    });
  });

  it('knows the errors of SQLite itself', async () => {
    const database = openDatabase(join(folder, 'small.sqlite'));
    database.exec('PRAGMA max_page_count = 2; CREATE TABLE t (text)');
    const fill = () => database.run('INSERT INTO t VALUES (?)', 'x'.repeat(100_000));
    await expect(failing(() => database.transaction(fill))).rejects.toMatchObject({ code: 'KB_DISK_FULL' });
    expect(database.get('SELECT count(*) FROM t')).toEqual([0]);

    writeFileSync(join(folder, 'other.sqlite'), 'not a database '.repeat(100));
    const other = () => openDatabase(join(folder, 'other.sqlite')).get('SELECT * FROM t');
    await expect(failing(other)).rejects.toMatchObject({ code: 'KB_CORRUPT' });
    const nowhere = () => openDatabase(join(folder, 'none', 'store.sqlite'));
    await expect(failing(nowhere)).rejects.toMatchObject({ code: 'KB_NOT_WRITABLE' });
    const reader = openDatabase(join(folder, 'small.sqlite'), { readOnly: true });
    await expect(failing(() => reader.run('DELETE FROM t'))).rejects.toMatchObject({ code: 'KB_NOT_WRITABLE' });
  });

  it('leaves all other errors as they are', () => {
    const ours = new ReferentError('KB_LOCKED', { what: 'x' });
    const theirs = new TypeError('x');
    for (const error of [ours, theirs, 'text', undefined]) expect(explain(error, '/kb')).toBe(error);
  });
});

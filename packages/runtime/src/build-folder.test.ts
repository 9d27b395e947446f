import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.js';
import { type BuildStep, buildFolder } from './build-folder.js';

/** A step that adds a letter to a file and takes a moment. */
function letter(name: string, log: string[] = []): BuildStep {
  return {
    name,
    async run({ folder }) {
      log.push(name);
      await sleep(20);
      await appendFile(join(folder, 'text'), name);
    },
  };
}

describe('buildFolder', () => {
  it('makes the folder by its steps, and only once', async () => {
    const folder = join(temporaryFolder(), 'deep', 'made');
    expect(await buildFolder({ folder, steps: [letter('a'), letter('b')] })).toEqual({ reused: false });
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('ab');
    expect(readdirSync(folder)).toEqual(['text']);
    expect(await buildFolder({ folder, steps: [letter('c')] })).toEqual({ reused: true });
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('ab');
  });

  it('goes on at the step at which it was stopped, and shows nothing before', async () => {
    const folder = join(temporaryFolder(), 'made');
    const broken: BuildStep = { name: 'b', run: () => Promise.reject(new Error('cut')) };
    await expect(buildFolder({ folder, steps: [letter('a'), broken, letter('c')] })).rejects.toThrow('cut');
    expect(existsSync(folder)).toBe(false);
    const beforeWork = vi.fn(async () => {});
    const log: string[] = [];
    await buildFolder({ folder, steps: ['a', 'b', 'c'].map((name) => letter(name, log)), beforeWork });
    expect(log).toEqual(['b', 'c']);
    expect(beforeWork).toHaveBeenCalledWith(['b', 'c'], expect.anything());
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('abc');
  });

  it('lets two at once share the work', async () => {
    const folder = join(temporaryFolder(), 'made');
    const log: string[] = [];
    const info = vi.fn();
    const logger = { debug() {}, info, warn() {} };
    const build = () => buildFolder({ folder, steps: ['a', 'b'].map((name) => letter(name, log)), logger });
    const results = await Promise.all([build(), build()]);
    expect(results.map(({ reused }) => reused).sort()).toEqual([false, true]);
    expect(log).toEqual(['a', 'b']);
    expect(info).toHaveBeenCalledTimes(1);
  });

  it('stops between steps when it is told to', async () => {
    const folder = join(temporaryFolder(), 'made');
    const stop = new AbortController();
    const stopping: BuildStep = { name: 'a', run: async () => stop.abort(new Error('enough')) };
    const log: string[] = [];
    const building = buildFolder({ folder, steps: [stopping, letter('b', log)], signal: stop.signal });
    await expect(building).rejects.toThrow('enough');
    expect(log).toEqual([]);
  });

  it('says in words that the cache cannot be written, or is full', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const inside = buildFolder({ folder: join(file, 'made'), steps: [letter('a')] });
    await expect(inside).rejects.toMatchObject({ code: 'CACHE_NOT_WRITABLE' });
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const filling: BuildStep = { name: 'a', run: () => Promise.reject(full) };
    const folder = join(temporaryFolder(), 'made');
    await expect(buildFolder({ folder, steps: [filling] })).rejects.toMatchObject({ code: 'DISK_FULL' });
  });
});

import { mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.js';
import { withLock } from './lock.js';

describe('withLock', () => {
  it('lets one in at a time, and tells the other that it waits', async () => {
    const path = join(temporaryFolder(), 'work');
    const order: string[] = [];
    const enter = (name: string) =>
      withLock({
        path,
        onWait: () => order.push(`${name} waits`),
        work: async () => {
          order.push(`${name} in`);
          await sleep(100);
          order.push(`${name} out`);
        },
      });
    const first = enter('a');
    await sleep(30);
    await Promise.all([first, enter('b')]);
    expect(order).toEqual(['a in', 'b waits', 'a out', 'b in', 'b out']);
  });

  it('is free again after a failure', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'work');
    const failing = withLock({ path, work: () => Promise.reject(new Error('failed')) });
    await expect(failing).rejects.toThrow('failed');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes over the lock of a process that was killed', async () => {
    const path = join(temporaryFolder(), 'work');
    mkdirSync(`${path}.lock`);
    utimesSync(`${path}.lock`, new Date(0), new Date(0));
    expect(await withLock({ path, work: async () => 'in' })).toBe('in');
  });

  it('stops waiting when it is told to', async () => {
    const path = join(temporaryFolder(), 'work');
    mkdirSync(`${path}.lock`);
    const stop = new AbortController();
    const waiting = withLock({ path, signal: stop.signal, work: async () => 'in' });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(waiting).rejects.toThrow('enough');
  });

  it('tells the work when another process took the lock', async () => {
    const path = join(temporaryFolder(), 'work');
    const work = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        rmSync(`${path}.lock`, { recursive: true });
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    await expect(withLock({ path, stale: 4000, work })).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });
});

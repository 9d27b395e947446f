import { setTimeout as sleep } from 'node:timers/promises';
import { ReferentError } from '@referent/core';
import lockfile from 'proper-lockfile';

export interface LockOptions<T> {
  /** The lock is the folder `<path>.lock` beside it. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process holds the lock. */
  readonly onWait?: () => void;
  /** A lock whose owner gave no sign of life for so many milliseconds is taken over. @default 10000 */
  readonly stale?: number;
  /** Its signal also fires when the lock is lost: this process was stopped for long and another took it over. */
  readonly work: (signal: AbortSignal) => Promise<T>;
}

/**
 * Runs `work` in one process at a time.
 * @throws `LOCK_LOST`
 */
export async function withLock<T>({ path, signal, onWait, stale = 10_000, work }: LockOptions<T>): Promise<T> {
  const lost = new AbortController();
  const release = await acquire(path, stale, lost, signal, onWait);
  try {
    return await work(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } finally {
    // A lost lock is another's now.
    if (!lost.signal.aborted) await release();
  }
}

async function acquire(
  path: string,
  stale: number,
  lost: AbortController,
  signal: AbortSignal | undefined,
  onWait: (() => void) | undefined,
): Promise<() => Promise<void>> {
  for (let waiting = false; ; waiting = true) {
    signal?.throwIfAborted();
    try {
      return await lockfile.lock(path, {
        realpath: false,
        stale,
        update: Math.max(1000, stale / 4),
        onCompromised: (cause) => lost.abort(lockLost(path, cause)),
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (!waiting) onWait?.();
      await sleep(250, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
  }
}

function lockLost(path: string, cause: unknown): ReferentError {
  return new ReferentError('LOCK_LOST', {
    what: `Another process took over the work in ${path}.`,
    why: 'This process gave no sign of life for too long: it was suspended, or the machine slept.',
    fix: 'Run it again: it uses what the other process has made.',
    details: { path },
    cause,
  });
}

import type { ReferentError } from '@referent/core';
import type { Client } from './client.js';
import { isBusy, type ServerFailure, toReferentError } from './errors.js';
import type { Settings } from './options.js';
import { forEachOf, pause, waitBefore } from './waiting.js';
import type { Portion } from './wire.js';

export interface BulkResult {
  /** Keys that were new. */
  readonly created: number[];
  /** Keys of creations that were stored before. */
  readonly conflicts: number[];
  /** A part was sent more than once: what counts as new may have been so before. */
  isRepeated: boolean;
}

type Item = { readonly status: number; readonly result?: string; readonly error?: ServerFailure };

interface BulkOptions {
  /** Lets no further portion begin. Those on their way are waited for: what becomes of them must be known. */
  readonly signal?: AbortSignal | undefined;
  readonly refresh?: boolean;
}

/**
 * Sends portions side by side, as many as there are connections, and again what a busy server did not take.
 * Fills `result` as it goes, so that it also tells, when this throws, what was done.
 */
export async function sendBulk(
  client: Client,
  { connections, retries }: Settings,
  target: string,
  portions: Iterable<Portion>,
  result: BulkResult,
  { signal }: BulkOptions = {},
): Promise<void> {
  const path = `/${target}/_bulk?filter_path=error,status,items.*.status,items.*.result,items.*.error`;

  /** Gives what must be sent again, and throws what cannot be mended. */
  async function send({ keys, lines }: Portion, mayBeStored: boolean, isLast: boolean): Promise<Portion | undefined> {
    const answer = await client.ask<{ items: Record<string, Item>[] }>({ method: 'POST', path, body: lines.join('') });
    const isOwn = mayBeStored || answer.isRepeated;
    if (isOwn) result.isRepeated = true;
    const again: { keys: number[]; lines: string[] } = { keys: [], lines: [] };
    let failure: ReferentError | undefined;
    answer.body.items.forEach((item, at) => {
      const [operation, { status, error, result: done }] = Object.entries(item)[0]!;
      const key = keys[at]!;
      if (done === 'created' || (status === 409 && isOwn)) result.created.push(key);
      else if (status === 409) result.conflicts.push(key);
      else if (status < 300 || (status === 404 && operation === 'delete')) return;
      else if (isBusy(status) && !isLast) {
        again.keys.push(key);
        again.lines.push(lines[at]!);
      } else failure ??= toReferentError(status, error ?? {}, client.address);
    });
    if (failure) throw failure;
    return again.keys.length > 0 ? again : undefined;
  }

  await forEachOf(portions, connections, async (portion) => {
    signal?.throwIfAborted();
    let rest: Portion | undefined = portion;
    for (let retry = 0; rest; retry++) {
      rest = await send(rest, retry > 0, retry >= retries);
      if (rest) await pause(waitBefore(retry), signal ?? never);
    }
  });
}

const never = new AbortController().signal;

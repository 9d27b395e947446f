import { indexClosedError, indexServerErrors, type ReferentError } from '@referent/core';
import { isBusy, type ServerFailure, toReferentError } from './errors.js';
import { indexName, type Settings } from './options.js';
import { createSlots, pause, waitBefore } from './waiting.js';

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** With its query, without the host. */
  readonly path: string;
  /** Something for JSON, or lines of JSON where it is a string. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Refusals that are answers. */
  readonly accept?: readonly number[];
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  /** An earlier try was lost on its way: it may have been carried out, too. */
  readonly isRepeated: boolean;
}

/** Requests to a cluster: to whichever node answers, a bounded number at a time, again while it is busy. */
export interface Client {
  /** `host:port` of every node, without user and password. */
  readonly address: string;
  /** Every request must bear being carried out twice. @throws what `errors.ts` makes of a failure */
  ask<Body>(request: Request): Promise<Answer<Body>>;
  close(): void;
}

interface Node {
  readonly origin: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** It did not answer lately: others are asked first until then. */
  avoidUntil: number;
}

/** How long the others are preferred to a node that did not answer. */
const avoidance = 10_000;

export function createClient({ nodes: urls, connections, timeout, retries }: Settings): Client {
  const nodes = urls.map(nodeOf);
  const address = urls.map(({ host }) => host).join(',');
  const inSlot = createSlots(connections);
  const closing = new AbortController();
  let turn = 0;

  async function send(node: Node, { method, path, body, accept = [] }: Request, stop: AbortSignal) {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json';
    const response = await fetch(`${node.origin}${node.path}${path}`, {
      method,
      headers: { ...node.headers, ...(text !== undefined && { 'content-type': type }) },
      ...(text !== undefined && { body: text }),
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeout)]),
    });
    const content = parsed(await response.text());
    const { status } = response;
    const isAnswer = response.ok || accept.includes(status);
    return { status, body: content, failure: isAnswer ? undefined : failureOf(content) };
  }

  /** Every node has its chance, one alone has two: its idle connections may have gone stale. */
  async function sendToAny(request: Request, stop: AbortSignal) {
    const now = Date.now();
    const from = turn++ % nodes.length;
    const inTurn = [...nodes.slice(from), ...nodes.slice(0, from)];
    const best = [...inTurn.filter((it) => it.avoidUntil <= now), ...inTurn.filter((it) => it.avoidUntil > now)];
    const causes: unknown[] = [];
    for (const node of best.length === 1 ? [...best, ...best] : best) {
      try {
        const answer = await send(node, request, stop);
        node.avoidUntil = 0;
        return { ...answer, isRepeated: causes.some(mayHaveArrived) };
      } catch (cause) {
        stop.throwIfAborted();
        node.avoidUntil = Date.now() + avoidance;
        causes.push(cause);
      }
    }
    throw lost(causes);
  }

  function lost(causes: readonly unknown[]): ReferentError {
    const cause = networkError(causes.find(mayHaveArrived) ?? causes[0]);
    if (isTimeout(cause)) return indexServerErrors.timeout(indexName, address, timeout, cause);
    const error = mayHaveArrived(cause) ? indexServerErrors.connectionLost : indexServerErrors.unreachable;
    return error(indexName, address, cause);
  }

  return {
    address,

    async ask<Body>(request: Request): Promise<Answer<Body>> {
      const stop = request.signal ? AbortSignal.any([request.signal, closing.signal]) : closing.signal;
      let isRepeated = false;
      for (let retry = 0; ; retry++) {
        stop.throwIfAborted();
        const answer = await inSlot(() => sendToAny(request, stop));
        isRepeated ||= answer.isRepeated;
        const { status, body, failure } = answer;
        if (!failure) return { status, body: body as Body, isRepeated };
        if (!isBusy(status) || retry >= retries) throw toReferentError(status, failure, address);
        isRepeated ||= status !== 429; // a gateway may have passed it on
        await pause(waitBefore(retry), stop);
      }
    },

    close() {
      closing.abort(indexClosedError({ name: indexName }));
    },
  };
}

function nodeOf({ origin, pathname, username, password }: URL): Node {
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return {
    origin,
    path: pathname.replace(/\/$/, ''),
    headers: username === '' ? {} : { authorization: `Basic ${credentials}` },
    avoidUntil: 0,
  };
}

/** A lone `%` stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // a proxy answered in its own words, or nothing was to say
  }
}

function failureOf(content: unknown): ServerFailure {
  const { error } = (content ?? {}) as { error?: ServerFailure | string };
  return typeof error === 'string' ? { reason: error } : (error ?? {});
}

const neverArrived = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** `fetch` hides what happened in the cause of its error. */
function networkError(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function mayHaveArrived(error: unknown): boolean {
  return !neverArrived.has(String((networkError(error) as { code?: unknown } | undefined)?.code));
}

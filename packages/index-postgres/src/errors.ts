import { duplicateKeyError, indexServerErrors, isReferentError, ReferentError } from '@referent/core';
import { indexName } from './options.js';

export interface Failure {
  /** Without a password. */
  readonly address: string;
  readonly timeout: number;
  /** Connecting failed: nothing was asked yet. */
  readonly isConnecting?: boolean;
}

export const vectorExtensionFix =
  "Install pgvector 0.8 or later on the server (package postgresql-NN-pgvector, image pgvector/pgvector, or a managed server's list of extensions).";

const networkCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT']);
const gone = new Set(['57P01', '57P02', '57P03', '57P05']);

/** What `pg` throws, in the words and codes of every index. SQLSTATE codes: PostgreSQL's manual, appendix A. */
export function toReferentError(cause: unknown, { address, timeout, isConnecting = false }: Failure): ReferentError {
  if (isReferentError(cause)) return cause;
  const { code = '', message, detail = '' } = cause as Error & { code?: string; detail?: string };

  if (code === '23505') {
    const key = /=\((\d+)\)/.exec(detail)?.[1];
    if (key !== undefined) return duplicateKeyError(Number(key));
  }
  if (code.startsWith('28') || code === '42501') return indexServerErrors.denied(indexName, address, cause);
  if (code === '3D000') {
    const fix = 'Create it with `createdb`, or name another one in the url.';
    return indexServerErrors.incapable(indexName, address, 'this database', fix);
  }
  if (code === '42704' && /"vector"|"halfvec"/.test(message)) return lacksVector(address);
  if (code === '57014' || /^Query read timeout/.test(message)) {
    return indexServerErrors.timeout(indexName, address, timeout, cause);
  }
  if (code.startsWith('53')) return exhausted(address, cause as Error);
  const isNetwork = networkCodes.has(code) || gone.has(code) || code.startsWith('08') || /connection/i.test(message);
  if (isConnecting) return indexServerErrors.unreachable(indexName, address, cause);
  if (isNetwork && (code === '' || !/^[1-79]/.test(code) || gone.has(code))) {
    return indexServerErrors.connectionLost(indexName, address, cause);
  }
  return new ReferentError('INDEX_SERVER_FAILED', {
    what: `${indexName}: the server at ${address} could not do what it was asked.`,
    why: `${message}.`,
    fix: 'The server refused this one request and stored nothing of it; its log says more.',
    details: { address, ...(code && { sqlState: code }) },
    cause,
  });
}

export function lacksVector(address: string): ReferentError {
  return indexServerErrors.incapable(indexName, address, 'the extension pgvector', vectorExtensionFix);
}

/** Class 53: the disk, the memory or the connections of the server are used up. */
function exhausted(address: string, cause: Error): ReferentError {
  return new ReferentError('INDEX_SERVER_FULL', {
    what: `${indexName}: the server at ${address} has no room left; nothing of this request is stored.`,
    why: `${cause.message}.`,
    fix: 'Give it more disk, memory or connections, then make the same call again.',
    details: { address },
    cause,
  });
}

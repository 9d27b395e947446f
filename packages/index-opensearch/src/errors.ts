import { indexServerErrors, ReferentError } from '@referent/core';
import { indexName } from './options.js';

/** What the server says when it refuses: `{ "error": { "type", "reason", "root_cause" … }, "status" }`. */
export interface ServerFailure {
  readonly type?: string;
  readonly reason?: string;
  readonly root_cause?: readonly ServerFailure[];
  readonly caused_by?: ServerFailure;
}

const knnFix =
  'Install the k-NN plugin on every node (`bin/opensearch-plugin install opensearch-knn`; full distributions and managed clusters have it).';

/** A refusal in the words and codes of every index. `status` is that of HTTP, or of one item of a bulk. */
export function toReferentError(status: number, failure: ServerFailure, address: string): ReferentError {
  const { type = '' } = failure;
  const reason = reasonsOf(failure).join('; ');
  const cause = new Error(reason || type || `HTTP status ${status}`);
  if (status === 401 || status === 403) {
    if (!/block/.test(type)) return indexServerErrors.denied(indexName, address, cause);
  }
  if (
    /unknown setting \[index\.knn|knn_vector\] declared|unknown query \[knn\]|script_lang not supported/.test(reason)
  ) {
    return indexServerErrors.incapable(indexName, address, 'the k-NN plugin', knnFix);
  }
  if (/flood-stage|disk usage|FORBIDDEN\/12/.test(reason)) {
    return new ReferentError('INDEX_SERVER_FULL', {
      what: `${indexName}: the server at ${address} has no room left.`,
      why: `${reason}.`,
      fix: 'Give it more disk, then make the same call again.',
      details: { address },
      cause,
    });
  }
  if (type === 'index_not_found_exception') return missing(reason, address);
  if (
    /dimension mismatch|invalid dimension|not knn_vector type|mapper_parsing|strict_dynamic_mapping/i.test(
      `${type} ${reason}`,
    )
  ) {
    return mismatch(`${indexName}: what the index at ${address} holds has changed.`, { reason }, `${reason}.`);
  }
  if (isBusy(status)) {
    return new ReferentError('INDEX_SERVER_BUSY', {
      what: `${indexName}: the server at ${address} was too busy, or a part of it was away, at every try.`,
      why: `${cause.message}.`,
      fix: 'Make the same call again later; give the cluster more memory or nodes, allow more retries or fewer connections.',
      details: { address, status },
      cause,
    });
  }
  return new ReferentError('INDEX_SERVER_FAILED', {
    what: `${indexName}: the server at ${address} could not do what it was asked.`,
    why: `${cause.message}.`,
    fix: "The server's log says more.",
    details: { address, status, type },
    cause,
  });
}

/** Statuses that pass: too many requests, and nodes or shards that are away for a moment. */
export function isBusy(status: number): boolean {
  return status === 429 || (status >= 502 && status <= 504);
}

export function mismatch(what: string, details: Record<string, unknown>, why?: string): ReferentError {
  return new ReferentError('INDEX_MISMATCH', {
    what,
    ...(why !== undefined && { why }),
    fix: 'Name another index, or build this one again with rebuildOpenSearchIndex.',
    details,
  });
}

function missing(reason: string, address: string): ReferentError {
  return new ReferentError('INDEX_TABLE_MISSING', {
    what: `${indexName}: the index is not, or no longer, at ${address}.`,
    why: `${reason}.`,
    fix: 'Create it with createOpenSearchIndex, or check its name.',
    details: { address },
  });
}

/** Each once: the outermost says the least. */
function reasonsOf({ reason = '', root_cause = [], caused_by }: ServerFailure): string[] {
  const inner = [...root_cause, ...(caused_by ? [caused_by] : [])].flatMap(reasonsOf);
  return [...new Set([reason, ...inner])].filter(Boolean);
}

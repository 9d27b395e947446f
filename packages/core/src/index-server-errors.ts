import { ReferentError } from './errors.js';

/** What every index backend behind a connection says when it fails, so that all say it in the same words and codes. */
export const indexServerErrors = {
  /** Nobody answers there. `address` without a password. */
  unreachable: (name: string, address: string, cause: unknown): ReferentError =>
    new ReferentError('INDEX_SERVER_UNREACHABLE', {
      what: `${name}: no server answers at ${address}.`,
      ...reason(cause),
      fix: 'Start the server, or check the address, the port and the firewall.',
      details: { address },
      cause,
    }),

  /** A wrong user or password, or one that may not do what is needed. */
  denied: (name: string, address: string, cause: unknown): ReferentError =>
    new ReferentError('INDEX_SERVER_DENIED', {
      what: `${name}: the server at ${address} refuses this user.`,
      ...reason(cause),
      fix: 'Check user and password, and that the user may create and write what the index is kept in.',
      details: { address },
      cause,
    }),

  /** The server works, but without the part that searches vectors. */
  incapable: (name: string, address: string, lacks: string, fix: string): ReferentError =>
    new ReferentError('INDEX_SERVER_INCAPABLE', {
      what: `${name}: the server at ${address} lacks ${lacks}.`,
      fix,
      details: { address, lacks },
    }),

  /** No answer within the time that was allowed, though the connection stands. */
  timeout: (name: string, address: string, milliseconds: number, cause?: unknown): ReferentError =>
    new ReferentError('INDEX_TIMEOUT', {
      what: `${name}: the server at ${address} did not answer within ${milliseconds} ms.`,
      fix: 'Try again; if it happens often, allow more time, send smaller batches or give the server more memory.',
      details: { address, milliseconds },
      cause,
    }),

  /** In the middle of a change: how much of it is stored is not known. */
  connectionLost: (name: string, address: string, cause: unknown): ReferentError =>
    new ReferentError('INDEX_CONNECTION_LOST', {
      what: `${name}: the connection to ${address} was lost.`,
      ...reason(cause),
      fix: 'Make the same call again when the server answers: it completes what was begun and leaves no duplicates.',
      details: { address },
      cause,
    }),
};

function reason(cause: unknown): { why?: string } {
  return cause instanceof Error && cause.message ? { why: `${cause.message.replace(/\.$/, '')}.` } : {};
}

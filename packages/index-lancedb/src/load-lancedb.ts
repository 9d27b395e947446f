import { createRequire } from 'node:module';
import { ReferentError } from '@referent/core';

export interface Lancedb {
  readonly lancedb: typeof import('@lancedb/lancedb');
  /** The very instance that LanceDB uses: it takes no table of another one. */
  readonly arrow: typeof import('apache-arrow');
}

/** Loads the native library when it is first needed. @throws `BACKEND_MISSING` */
export function loadLancedb(load: () => Lancedb = requireLancedb): Lancedb {
  try {
    return load();
  } catch (cause) {
    throw new ReferentError('BACKEND_MISSING', {
      what: 'The native library LanceDB could not be loaded.',
      why: cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause),
      fix: 'Install it with `npm install @lancedb/lancedb@0.30.0`, or use another index.',
      details: { module: '@lancedb/lancedb' },
      cause,
    });
  }
}

function requireLancedb(): Lancedb {
  const require = createRequire(import.meta.url);
  const requireBesideLancedb = createRequire(require.resolve('@lancedb/lancedb'));
  return { lancedb: require('@lancedb/lancedb'), arrow: requireBesideLancedb('apache-arrow') };
}

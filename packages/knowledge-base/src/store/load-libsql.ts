import { createRequire } from 'node:module';
import type Libsql from 'libsql';
import { knowledgeBaseError } from '../errors.js';

type LibsqlConstructor = typeof Libsql;

/** Loads the native library when a store on disk is first opened. @throws `BACKEND_MISSING` */
export function loadLibsql(load: () => LibsqlConstructor = requireLibsql): LibsqlConstructor {
  try {
    return load();
  } catch (cause) {
    throw knowledgeBaseError('BACKEND_MISSING', {
      what: 'The native library libsql, in which a knowledge base on disk is kept, could not be loaded.',
      why: cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause),
      fix: 'Install it with `npm install libsql@^0.5.29`; `createMemoryKnowledge` does without.',
      details: { module: 'libsql' },
      cause,
    });
  }
}

const requireLibsql = () => createRequire(import.meta.url)('libsql') as LibsqlConstructor;

import { ReferentError } from '@referent/core';

export type Pg = Pick<typeof import('pg'), 'Client' | 'Pool'>;

/** Loads the client when it is first needed. @throws `BACKEND_MISSING` */
export async function loadPg(importPg: () => Promise<{ default: Pg }> = () => import('pg')): Promise<Pg> {
  try {
    return (await importPg()).default;
  } catch (cause) {
    throw new ReferentError('BACKEND_MISSING', {
      what: 'The PostgreSQL client pg could not be loaded.',
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'Install it with `npm install pg@^8.16.0`, or use another index.',
      details: { module: 'pg' },
      cause,
    });
  }
}

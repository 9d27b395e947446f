import { ReferentError } from '@referent/core';

export type Usearch = Pick<
  typeof import('usearch'),
  'Index' | 'MetricKind' | 'ScalarKind' | 'BatchMatches' | 'exactSearch'
>;

/** Loads the native library when it is first needed. @throws `BACKEND_MISSING` */
export async function loadUsearch(importUsearch: () => Promise<Usearch> = () => import('usearch')): Promise<Usearch> {
  try {
    return await importUsearch();
  } catch (cause) {
    throw new ReferentError('BACKEND_MISSING', {
      what: 'The native library usearch could not be loaded.',
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'Install it with `npm install usearch@^2.25.3`, or use @referent/index-exact.',
      details: { module: 'usearch' },
      cause,
    });
  }
}

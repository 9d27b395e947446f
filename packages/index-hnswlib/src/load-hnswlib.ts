import { ReferentError } from '@referent/core';

export type Hnswlib = Pick<typeof import('hnswlib-node'), 'HierarchicalNSW'>;

/** Loads the native library when it is first needed. @throws `BACKEND_MISSING` */
export async function loadHnswlib(
  importHnswlib: () => Promise<unknown> = () => import('hnswlib-node'),
): Promise<Hnswlib> {
  try {
    // It is CommonJS whose names Node cannot tell before it runs.
    const loaded = (await importHnswlib()) as Hnswlib & { readonly default?: Hnswlib };
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new ReferentError('BACKEND_MISSING', {
      what: 'The native library hnswlib could not be loaded.',
      why: cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause),
      fix: 'Install it with `npm install hnswlib-node@^3.0.0`, which compiles it with a C++ compiler; or use @referent/index-usearch.',
      details: { module: 'hnswlib-node' },
      cause,
    });
  }
}

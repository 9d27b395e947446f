import { exactBackend } from '../../apps/cli/src/assemble/index-backends/exact.js';
import { usearchBackend } from '../../apps/cli/src/assemble/index-backends/usearch.js';
import type { IndexProvider } from '../../packages/knowledge-base/src/index.js';
import { createFileIndexProvider } from '../../packages/knowledge-base/test/fakes.js';
import type { KilledWork } from '../../packages/knowledge-base/test/killed-work.js';

/** The command line's own indexes in a file and in segments, and one that is plain enough to be trusted. */
export const backends = ['plain', 'exact', 'usearch', 'segments'] as const;
export type Backend = (typeof backends)[number];

export interface KilledRound extends KilledWork {
  readonly backend: Backend;
}

/** All that is stored is in sight of a search: what is not found is lost, not missed. */
const wide = { expansionSearch: 4096, connectivity: 32, expansionAdd: 512 };

export function indexProviderOf(backend: Backend): IndexProvider {
  const place = { env: {}, cwd: '.' };
  if (backend === 'exact') return exactBackend.provider({}, place);
  if (backend === 'usearch') return usearchBackend.provider(wide, place);
  if (backend === 'segments') return usearchBackend.provider({ ...wide, segmentSize: 70 }, place);
  return createFileIndexProvider();
}

import type { DiscardIndex, IndexContext, IndexProvider, JsonObject, OpenIndex } from '@referent/knowledge-base';
import { usageError } from '../command-context.js';
import {
  type IndexBackend,
  type IndexPlace,
  type IndexSettings,
  readBackendOptions,
} from './index-backends/backend.js';
import { exactBackend } from './index-backends/exact.js';
import { hnswlibBackend } from './index-backends/hnswlib.js';
import { lancedbBackend } from './index-backends/lancedb.js';
import { opensearchBackend } from './index-backends/opensearch.js';
import { postgresBackend } from './index-backends/postgres.js';
import { usearchBackend } from './index-backends/usearch.js';

export type { IndexPlace, IndexSettings, Quantization } from './index-backends/backend.js';

/** The index backends of this app. A new one is one more entry here. */
export const backends: Readonly<Record<string, IndexBackend>> = {
  usearch: usearchBackend,
  exact: exactBackend,
  hnswlib: hnswlibBackend,
  lancedb: lancedbBackend,
  postgres: postgresBackend,
  opensearch: opensearchBackend,
};

const nowhere: IndexPlace = { env: {}, cwd: '.' };

/** @param place names of servers; nothing but files without it */
export function indexProvider(
  backend: string,
  settings: IndexSettings = {},
  place: IndexPlace = nowhere,
): IndexProvider {
  const known = backendOf(backend);
  const { quantization = 'f32' } = settings;
  if (!known.quantizations.includes(quantization)) {
    const others = Object.keys(backends).filter((name) => backends[name]!.quantizations.includes(quantization));
    throw usageError(
      `The backend ${backend} has no ${quantization}: it has ${known.quantizations.join(', ')}.`,
      `${quantization} is what ${others.join(', ')} ${others.length === 1 ? 'has' : 'have'}.`,
    );
  }
  return known.provider(settings, place);
}

/** As `--backend`, `--quantization` and `--backend-option` say. */
export function chosenProvider(
  { backend, quantization, backendOption = [] }: BackendChoice & { readonly backend: string },
  place: IndexPlace,
): IndexProvider {
  const { settings, place: options } = readBackendOptions(backend, backendOf(backend), backendOption);
  return indexProvider(backend, { ...(quantization && { quantization }), ...settings }, { ...place, options });
}

export interface BackendChoice {
  readonly quantization?: IndexSettings['quantization'];
  /** `key=value`. */
  readonly backendOption?: readonly string[];
}

/** The backend and settings that a knowledge base was built with. */
export function providerOf(
  { backend, settings }: { readonly backend: string; readonly settings: JsonObject },
  place: IndexPlace,
): IndexProvider {
  return indexProvider(backend, settings, place);
}

/** Opens whatever backend a knowledge base was built with. */
export function openAnyIndex(place: IndexPlace): OpenIndex {
  return (path: string, dimensions: number, context: IndexContext) =>
    providerOf(context, place).open(path, dimensions, context);
}

/** Deletes what an index of any backend has left behind. */
export function discardAnyIndex(place: IndexPlace): DiscardIndex {
  return async (dimensions, context) => providerOf(context, place).discard?.(dimensions, context);
}

function backendOf(name: string): IndexBackend {
  const known = backends[name];
  if (known) return known;
  throw usageError(`There is no index backend '${name}'.`, `Use ${Object.keys(backends).join(', ')}.`);
}

import { join } from 'node:path';
import type { Hits } from '@referent/core';
import { createExactIndex } from '@referent/index-exact';
import { buildKnowledgeBase, createEntitySource, moveIndex, openKnowledgeBase } from '@referent/knowledge-base';
import { clusteredRows, unitRows } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isInstalled as isHnswlibInstalled } from '../../../packages/index-hnswlib/test/installed.js';
import { startPglite, type TestServer } from '../../../packages/index-postgres/test/servers.js';
import { type BackendChoice, chosenProvider, discardAnyIndex, openAnyIndex } from '../src/assemble/index-providers.js';

// What benchmarks/backends measures on WordNet, small enough for every run of the tests.
const dimensions = 32;
const count = 3000;
const clustered = { dimensions, clusters: 40, seed: 5 };
const stored = unitRows(clusteredRows({ ...clustered, count }));
const queries = unitRows(clusteredRows({ ...clustered, count: 60, sampleSeed: 6 }));
const postgres = process.env.REFERENT_POSTGRES_URL;
const opensearch = process.env.REFERENT_OPENSEARCH_URL;

const files = temporaryFiles();
const folder = join(files.folder, 'kb');
let server: TestServer;
let truth: Hits[];
const placeOf = (env: Record<string, string | undefined>) => ({ env, cwd: files.folder });

beforeAll(async () => {
  server = await startPglite();
  const exact = createExactIndex({ dimensions });
  const keys = Uint32Array.from({ length: count }, (_, row) => row + 1);
  await exact.add(keys, stored);
  truth = await exact.search(queries, 64);
  await buildKnowledgeBase({
    folder,
    sources: [createEntitySource({ name: 'rows', entities: entitiesOf })],
    encoder: { dimensions, encodeEntities: () => Promise.reject(new Error('The vectors are given.')) },
    vectors: {
      rows: count,
      read: async (start, end) => stored.data.slice(start * dimensions, end * dimensions),
    },
    model: { name: 'rows', hash: 'rows-1', dimensions },
    index: chosenProvider({ backend: 'exact' }, placeOf({})),
  });
});
afterAll(() => server?.close());

function* entitiesOf() {
  for (let row = 0; row < count; row++) yield { id: `r${row}`, title: `Row ${row}`, text: '' };
}

interface Way extends BackendChoice {
  readonly backend: string;
}

async function recall(way: Way, env: Record<string, string | undefined>): Promise<number> {
  const place = placeOf(env);
  const [index, discardIndex] = [chosenProvider(way, place), discardAnyIndex(place)];
  await moveIndex({ folder, index, discardIndex });
  const kb = await openKnowledgeBase({ folder, openIndex: openAnyIndex(place) });
  try {
    expect(kb.index.size).toBe(count);
    const found = await kb.index.search(queries, 64);
    const shared = found.map(({ keys }, at) => keys.filter((key) => truth[at]!.keys.includes(key)).length);
    const first = found.map(({ keys }, at) => Number(keys[0] === truth[at]!.keys[0]));
    expect(first.reduce((sum, right) => sum + right)).toBeGreaterThanOrEqual(0.95 * queries.count);
    return shared.reduce((sum, right) => sum + right) / (64 * queries.count);
  } finally {
    await kb.close();
    await moveIndex({ folder, index: chosenProvider({ backend: 'exact' }, place), discardIndex });
  }
}

const segmented = ['segmentSize=800'];
it.each<[string, Way]>([
  ['exact f16', { backend: 'exact', quantization: 'f16' }],
  ['usearch f32', { backend: 'usearch' }],
  ['usearch f16', { backend: 'usearch', quantization: 'f16' }],
  ['usearch i8', { backend: 'usearch', quantization: 'i8' }],
  ['usearch f32 in segments', { backend: 'usearch', backendOption: segmented }],
  ['usearch i8 in segments', { backend: 'usearch', quantization: 'i8', backendOption: segmented }],
  ['lancedb f32', { backend: 'lancedb' }],
  ['lancedb i8', { backend: 'lancedb', quantization: 'i8' }],
  ['postgres f32 (pglite)', { backend: 'postgres' }],
  ['postgres f16 (pglite)', { backend: 'postgres', quantization: 'f16' }],
])('%s finds what comparing all finds', async (_, way) => {
  expect(await recall(way, { REFERENT_POSTGRES_URL: server.url() })).toBeGreaterThanOrEqual(0.98);
});

it.skipIf(!isHnswlibInstalled)('hnswlib finds what comparing all finds (compiled when it is installed)', async () => {
  expect(await recall({ backend: 'hnswlib' }, {})).toBeGreaterThanOrEqual(0.98);
});

it.skipIf(!postgres)('postgres finds what comparing all finds (native server)', async () => {
  const way = { backend: 'postgres' };
  expect(await recall(way, { REFERENT_POSTGRES_URL: postgres })).toBeGreaterThanOrEqual(0.98);
});

it.skipIf(!opensearch).each(['f32', 'i8'] as const)(
  'opensearch %s finds what comparing all finds (native cluster)',
  async (quantization) => {
    const way = { backend: 'opensearch', quantization, backendOption: ['replicas=0'] };
    expect(await recall(way, { REFERENT_OPENSEARCH_URL: opensearch })).toBeGreaterThanOrEqual(0.98);
  },
);

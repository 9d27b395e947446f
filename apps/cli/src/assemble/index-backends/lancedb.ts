import { resolve } from 'node:path';
import type { IndexContext } from '@referent/knowledge-base';
import {
  advising,
  createdOrOpened,
  dropIfOurs,
  type IndexBackend,
  type IndexPlace,
  type IndexSettings,
  residenceOf,
} from './backend.js';

/** A table of LanceDB, in the knowledge base's own folder or where it is told to be. */
export const lancedbBackend: IndexBackend = {
  quantizations: ['f32', 'i8'],
  options: {
    folder: { kind: 'place', meaning: 'where the database is, such as /data/vectors (default: in the knowledge base)' },
    graph: { kind: ['ivf-flat', 'ivf-pq'], meaning: 'ivf-flat or ivf-pq, which is smaller and rougher; i8 is hnsw-sq' },
    probes: { kind: 'count', meaning: 'parts that a search looks into, 32 by default' },
    partSize: { kind: 'count', meaning: 'vectors per part' },
    expansionSearch: { kind: 'count', meaning: 'i8: candidates in sight while searching, 200 by default' },
    oversampling: { kind: 'count', meaning: 'times k hits that are scored again with full vectors' },
  },
  tuned: { setting: 'probes', values: [4, 8, 16, 32, 64, 128] },

  provider({ quantization = 'f32', graph = 'ivf-flat', ...settings }: IndexSettings, place: IndexPlace) {
    const { folder } = place.options ?? {};
    const module = () => import('@referent/index-lancedb');
    const advised = <T>(work: () => Promise<T>) => advising('lancedb', undefined, work);
    const optionsFor = (dimensions: number, context: Omit<IndexContext, 'vectors'>) => {
      const { name, where, folder: own, label } = residenceOf(context);
      return {
        ...settings,
        dimensions,
        label,
        folder: (where.folder as string | undefined) ?? own,
        table: `referent_${name}`,
        // One byte per value is what LanceDB's HNSW keeps.
        graph: quantization === 'i8' ? ('hnsw-sq' as const) : (graph as 'ivf-flat' | 'ivf-pq'),
      };
    };
    return {
      backend: 'lancedb',
      settings: { quantization, ...(graph !== 'ivf-flat' && { graph }), ...settings },
      residence: () =>
        folder === undefined ? {} : { folder: /^\w+:\/\//.test(folder) ? folder : resolve(place.cwd, folder) },
      create: (dimensions, context) =>
        advised(async () => {
          const { createLancedbIndex, openLancedbIndex } = await module();
          const options = optionsFor(dimensions, context);
          const index = await createdOrOpened(createLancedbIndex(options), () => openLancedbIndex(options));
          return Object.assign(index, { finish: index.buildGraph });
        }),
      open: (_, dimensions, context) =>
        advised(async () => {
          const index = await (await module()).openLancedbIndex(optionsFor(dimensions, context));
          return Object.assign(index, { finish: index.buildGraph });
        }),
      discard: (dimensions, context) =>
        advised(async () => {
          if (residenceOf(context).where.folder === undefined) return; // goes with its folder
          const { openLancedbIndex } = await module();
          await dropIfOurs(openLancedbIndex(optionsFor(dimensions, context)), ['INDEX_FILE_MISSING']);
        }),
    };
  },

  describe: ({ name, where }) => `table referent_${name} in ${where.folder ?? 'the knowledge base'}`,
};

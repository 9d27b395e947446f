import type { IndexContext, JsonObject } from '@referent/knowledge-base';
import {
  advising,
  createdOrOpened,
  dropIfOurs,
  type IndexBackend,
  type IndexPlace,
  type IndexSettings,
  residenceOf,
  withoutPassword,
} from './backend.js';

const variable = 'REFERENT_OPENSEARCH_URL';
const usualPrefix = 'referent';

/** An index of an OpenSearch cluster, with the k-NN plugin. */
export const opensearchBackend: IndexBackend = {
  quantizations: ['f32', 'i8'],
  options: {
    url: { kind: 'place', meaning: `https://user@host:9200, several with commas (also: ${variable})` },
    index: { kind: 'place', meaning: "beginning of the index's name, referent by default" },
    shards: { kind: 'count', meaning: 'parts for the nodes to share, 1 by default' },
    replicas: { kind: ['0', '1', '2', '3', '4', '5'], meaning: 'copies of each part on other nodes, 1 by default' },
    expansionSearch: { kind: 'count', meaning: 'candidates in sight while searching, 200 by default' },
    expansionAdd: { kind: 'count', meaning: 'candidates in sight while adding' },
    connectivity: { kind: 'count', meaning: 'edges per node' },
  },
  tuned: { setting: 'expansionSearch', values: [64, 96, 128, 192, 256, 384, 512, 768] },

  provider({ quantization = 'f32', replicas, ...settings }: IndexSettings, { env, options = {} }: IndexPlace) {
    const { expansionSearch, ...shape } = settings as Readonly<Record<string, number>>;
    const { url, index: prefix } = options;
    const module = () => import('@referent/index-opensearch');
    const advised = <T>(work: () => Promise<T>) => advising('opensearch', variable, work);
    const placeOf = (dimensions: number, context: Omit<IndexContext, 'vectors'>) => {
      const { name, where, label } = residenceOf(context);
      const address = url ?? env[variable] ?? (where.url as string | undefined);
      return {
        dimensions,
        quantization: quantization as 'f32' | 'i8',
        label,
        index: indexOf(name, where),
        ...(address !== undefined && { url: address }),
        ...(expansionSearch !== undefined && { expansionSearch }),
      };
    };
    return {
      backend: 'opensearch',
      settings: { quantization, ...(replicas !== undefined && { replicas }), ...settings },
      residence() {
        const address = readable(url ?? env[variable]);
        return { ...(address !== undefined && { url: address }), ...(prefix !== undefined && { index: prefix }) };
      },
      create: (dimensions, context) =>
        advised(async () => {
          const { createOpenSearchIndex, openOpenSearchIndex } = await module();
          const place = placeOf(dimensions, context);
          const copies = replicas === undefined ? {} : { replicas: Number(replicas) };
          return createdOrOpened(createOpenSearchIndex({ ...place, ...shape, ...copies }), () =>
            openOpenSearchIndex(place),
          );
        }),
      open: (_, dimensions, context) =>
        advised(async () => (await module()).openOpenSearchIndex(placeOf(dimensions, context))),
      discard: (dimensions, context) =>
        advised(async () => {
          const { openOpenSearchIndex } = await module();
          await dropIfOurs(openOpenSearchIndex(placeOf(dimensions, context)));
        }),
    };
  },

  describe: ({ name, where }) => `index ${indexOf(name, where)} of ${where.url ?? 'the cluster on this machine'}`,
};

function indexOf(name: string, { index = usualPrefix }: JsonObject): string {
  return `${index}-${name}`;
}

/** What is no address is refused by the backend, in words that do not repeat it. */
function readable(urls: string | undefined): string | undefined {
  const nodes = urls?.split(',').map((one) => one.trim()) ?? [];
  if (nodes.length === 0 || !nodes.every((one) => URL.canParse(one))) return undefined;
  return nodes.map(withoutPassword).join(',');
}

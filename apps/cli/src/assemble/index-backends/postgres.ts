import type { IndexContext, JsonObject, ResidentIndex } from '@referent/knowledge-base';
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

const variable = 'REFERENT_POSTGRES_URL';
const usualPrefix = 'referent';

/** A table of a PostgreSQL server, with pgvector. */
export const postgresBackend: IndexBackend = {
  quantizations: ['f32', 'f16'],
  options: {
    url: { kind: 'place', meaning: `postgres://user@host:5432/database (also: ${variable}, PGHOST, PGPASSWORD …)` },
    schema: { kind: 'place', meaning: 'schema of the table' },
    table: { kind: 'place', meaning: "beginning of the table's name, referent by default" },
    memory: { kind: 'place', meaning: 'memory that the server may build the graph in, such as 2GB' },
    expansionSearch: { kind: 'count', meaning: 'candidates in sight while searching, 200 by default' },
    expansionAdd: { kind: 'count', meaning: 'candidates in sight while adding' },
    connectivity: { kind: 'count', meaning: 'edges per node' },
  },
  tuned: { setting: 'expansionSearch', values: [64, 96, 128, 192, 256, 384, 512, 768] },

  provider({ quantization = 'f32', ...settings }: IndexSettings, { env, options = {} }: IndexPlace) {
    const { expansionSearch, ...shape } = settings as Readonly<Record<string, number>>;
    const { url, schema, table, memory } = options;
    const module = () => import('@referent/index-postgres');
    const advised = <T>(work: () => Promise<T>) => advising('postgres', variable, work);
    const placeOf = (dimensions: number, context: Omit<IndexContext, 'vectors'>) => {
      const { name, where, label } = residenceOf(context);
      const address = url ?? env[variable] ?? (where.url as string | undefined);
      return {
        dimensions,
        label,
        table: tableOf(name, where),
        ...(address !== undefined && { url: address }),
        ...(where.schema !== undefined && { schema: where.schema as string }),
        ...(expansionSearch !== undefined && { expansionSearch }),
      };
    };
    return {
      backend: 'postgres',
      settings: { quantization, ...settings },
      residence() {
        const address = url ?? env[variable];
        return {
          ...(address !== undefined && { url: readable(address) }),
          ...(schema !== undefined && { schema }),
          ...(table !== undefined && { table }),
        };
      },
      create: (dimensions, context) =>
        advised(async () => {
          const { createPostgresIndex, openPostgresIndex } = await module();
          const place = placeOf(dimensions, context);
          const format = quantization as 'f32' | 'f16';
          const creating = createPostgresIndex({ ...place, ...shape, quantization: format, deferGraph: true });
          const index = await createdOrOpened(creating, () => openPostgresIndex(place));
          const finish: ResidentIndex['finish'] = (work) => index.buildGraph({ ...work, memory });
          return Object.assign(index, { finish });
        }),
      open: (_, dimensions, context) =>
        advised(async () => (await module()).openPostgresIndex(placeOf(dimensions, context))),
      discard: (dimensions, context) =>
        advised(async () => {
          const { openPostgresIndex } = await module();
          await dropIfOurs(openPostgresIndex(placeOf(dimensions, context)));
        }),
    };
  },

  describe: ({ name, where }) => `table ${tableOf(name, where)} of ${where.url ?? 'the server that PGHOST names'}`,
};

function tableOf(name: string, { table = usualPrefix }: JsonObject): string {
  return `${table}_${name}`;
}

/** What is no address is refused by the backend, in words that do not repeat it. */
function readable(url: string): string | undefined {
  return URL.canParse(url) ? withoutPassword(url) : undefined;
}

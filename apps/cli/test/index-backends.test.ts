import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPglite, type TestServer } from '../../../packages/index-postgres/test/servers.js';
import { referent, temporaryFolder } from './run-cli.js';
import { writeTinyModel } from './tiny-model.js';

const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const words = Array.from({ length: 60 }, (_, i) => `${'alpha beta gamma delta omega kappa'.split(' ')[i % 6]} ${i}`);
const engine = ['--engine', 'wasm'];
const secret = 'open-sesame';

let server: TestServer;
beforeAll(async () => {
  server = await startPglite();
});
afterAll(() => server?.close());

let cwd: string;
let env: Record<string, string>;
let everything = '';
/** Also remembers all that was said, in which no password may be. */
const call = async (...argv: string[]) => {
  const outcome = await referent(argv, { cwd, env });
  everything += outcome.stdout + outcome.stderr;
  return outcome;
};
const ok = async (...argv: string[]) => {
  const outcome = await call(...argv);
  expect(outcome.code, outcome.stderr).toBe(0);
  return outcome.stdout;
};
const build = (...argv: string[]) =>
  call('build', '--entities', 'entities.jsonl', '--model', 'tiny', '--out', 'kb', ...engine, ...argv);
const built = async (...argv: string[]) => {
  const { code, stderr } = await build(...argv);
  expect(code, stderr).toBe(0);
};
const info = async () => JSON.parse(await ok('info', '--kb', 'kb', '--json'));
const link = async (text = 'an [[alpha 6]] and [[delta 9]]') => {
  const argv = ['link', '--kb', 'kb', '--format', 'jsonl', '--sources', 'dense', ...engine, text];
  return JSON.parse(await ok(...argv)).mentions.map((mention: { candidates: { id: string }[] }) =>
    mention.candidates.map(({ id }) => id),
  );
};
const best = async () => (await link()).map((ids: readonly string[]) => ids.slice(0, 5));
const tables = async () => {
  const client = new pg.Client(server.url());
  await client.connect();
  const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  await client.end();
  return rows.map(({ tablename }) => tablename as string);
};
const query = async (text: string) => {
  const client = new pg.Client(server.url());
  await client.connect();
  await client.query(text);
  await client.end();
};

beforeEach(async () => {
  cwd = await temporaryFolder();
  env = { REFERENT_POSTGRES_URL: server.url().replace('postgres:postgres@', `postgres:${secret}@`) };
  everything = '';
  for (const table of await tables()) await query(`DROP TABLE ${table}`);
  await writeTinyModel(join(cwd, 'tiny'));
  await writeFile(join(cwd, 'entities.jsonl'), lines(words.map((id) => ({ id, title: id, text: `the ${id}` }))));
});

describe.each([
  ['postgres', ['f16']],
  ['lancedb', []],
  ['usearch in segments', ['f16']],
] as const)('%s', (name, formats) => {
  const [backend] = name.split(' ') as [string];
  const options = name === 'usearch in segments' ? ['--backend-option', 'segmentSize=25'] : [];

  it('builds, links as an exact index does, adds, removes, and leaves nothing behind', async () => {
    await built('--backend', 'exact');
    const exact = await best();
    await built('--backend', backend, ...options, '--replace');
    expect(await best()).toEqual(exact);
    expect(await info()).toMatchObject({
      manifest: { index: { backend, isResident: true } },
      counts: { entities: 60 },
    });
    expect(await ok('info', '--kb', 'kb')).toContain(backend);

    await writeFile(join(cwd, 'more.jsonl'), lines([{ id: 'omega 99', title: 'omega 99', text: 'the omega 99' }]));
    await ok('add', '--kb', 'kb', '--entities', 'more.jsonl', '--model', 'tiny', ...engine);
    expect((await link('an [[omega 99]]'))[0]).toContain('omega 99');
    await ok('remove', '--kb', 'kb', 'omega 99', 'alpha 6');
    const left = (await link('an [[omega 99]], an [[alpha 6]]')).flat();
    expect(left).not.toContain('omega 99');
    expect(left).not.toContain('alpha 6');

    for (const format of formats) {
      await ok('index', 'move', '--kb', 'kb', '--to', backend, '--quantization', format, ...options);
      expect((await info()).manifest.index.settings).toMatchObject({ quantization: format });
      expect((await best())[1]).toEqual(exact[1]);
    }
    expect(readdirSync(join(cwd, 'kb')).filter((it) => /^index-\d+\.\w+$/.test(it))).toHaveLength(1);
    if (backend === 'postgres') expect(await tables()).toHaveLength(1);
    await ok('index', 'move', '--kb', 'kb', '--to', 'exact');
    expect(readdirSync(join(cwd, 'kb')).filter((it) => it.startsWith('index-'))).toHaveLength(1);
    expect(await tables()).toEqual([]);
    expect(everything).not.toContain(secret);
  });
});

describe('postgres', () => {
  it('is tuned, and evaluated, as the others are', async () => {
    await built('--backend', 'postgres');
    const tuned = await ok(
      'index',
      'tune',
      '--kb',
      'kb',
      '--k',
      '5',
      '--sample',
      '20',
      '--values',
      '8,100',
      '--json',
      '--apply',
    );
    const { setting, points, chosen } = JSON.parse(tuned);
    expect([setting, points.length]).toEqual(['expansionSearch', 2]);
    expect((await info()).manifest.index.settings).toMatchObject({ expansionSearch: chosen });
    const mention = { id: 'm', context_left: 'an ', mention: 'alpha 6', context_right: '', label_id: 'alpha 6' };
    await writeFile(join(cwd, 'mentions.jsonl'), lines([mention]));
    const report = JSON.parse(await ok('evaluate', '--kb', 'kb', '--mentions', 'mentions.jsonl', '--json', ...engine));
    expect(report.all.total).toBe(1);
    await ok('index', 'move', '--kb', 'kb', '--to', 'usearch');
  });

  it('notes where it is without a password, and is found by another one', async () => {
    const place = ['--backend-option', `url=${env.REFERENT_POSTGRES_URL}`, '--backend-option', 'table=products'];
    await built('--backend', 'postgres', ...place);
    const [note] = readdirSync(join(cwd, 'kb')).filter((it) => it.endsWith('.postgres'));
    const text = readFileSync(join(cwd, 'kb', note!), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      backend: 'postgres',
      where: { url: server.url().replace('postgres:postgres@', 'postgres@'), table: 'products' },
      settings: { quantization: 'f32' },
      model: { dimensions: 16 },
    });
    for (const file of readdirSync(join(cwd, 'kb'))) {
      expect(readFileSync(join(cwd, 'kb', file), 'latin1')).not.toContain(secret);
    }
    expect(await tables()).toEqual([expect.stringMatching(/^products_[0-9a-f]{10}$/)]);
    env = {};
    expect(await link()).toHaveLength(2);
    await ok('index', 'move', '--kb', 'kb', '--to', 'usearch');
    expect(everything).not.toContain(secret);
  });

  it('says what to do when the server, or the table, is gone, or is of another model', async () => {
    await built('--backend', 'postgres');
    const failing = async (code: string, ...advice: string[]) => {
      const { code: exit, stderr } = await call('link', '--kb', 'kb', ...engine, 'an [[alpha 6]]');
      expect(exit).toBe(1);
      for (const word of [code, ...advice]) expect(stderr).toContain(word);
    };
    const url = env.REFERENT_POSTGRES_URL!;
    env.REFERENT_POSTGRES_URL = url.replace(/:\d+\//, ':1/');
    await failing('INDEX_SERVER_UNREACHABLE', 'REFERENT_POSTGRES_URL', 'Start the server');
    env.REFERENT_POSTGRES_URL = url;
    const [table] = await tables();
    await query(`COMMENT ON TABLE ${table} IS 'of another model'`);
    await failing('INDEX_MISMATCH', 'of another model', 'referent index move --to postgres');
    await query(`DROP TABLE ${table}`);
    await failing('INDEX_TABLE_MISSING', 'referent index move --to postgres');
    await ok('index', 'move', '--kb', 'kb', '--to', 'postgres');
    expect(await link()).toHaveLength(2);

    // The server is away while the index leaves it: what it holds is given up later.
    env.REFERENT_POSTGRES_URL = url.replace(/:\d+\//, ':1/');
    const moved = await call('index', 'move', '--kb', 'kb', '--to', 'usearch');
    expect([moved.code, moved.stderr]).toEqual([0, expect.stringContaining('will be tried again')]);
    expect(await tables()).toHaveLength(1);
    env.REFERENT_POSTGRES_URL = url;
    await ok('remove', '--kb', 'kb', 'alpha 0');
    expect(await tables()).toEqual([]);
    expect(everything).not.toContain(secret);
  });
});

it('refuses what a backend does not have, and names who has it', async () => {
  const refused = async (words: readonly string[], ...argv: string[]) => {
    const { code, stderr } = await build(...argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words[0]!)]);
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr).not.toContain(secret);
  };
  const option = (value: string) => ['--backend-option', value];
  await refused(
    ['postgres has no i8', 'usearch, exact, lancedb, opensearch'],
    '--backend',
    'postgres',
    '--quantization',
    'i8',
  );
  await refused(["no option 'shards'", 'schema'], '--backend', 'postgres', ...option('shards=3'));
  await refused(['key=value'], '--backend', 'postgres', ...option(`url ${secret}`));
  await refused(['whole number'], '--backend', 'usearch', ...option('segmentSize=many'));
  await refused(['ivf-flat or ivf-pq'], '--backend', 'lancedb', ...option('graph=tree'));
  await refused(['given twice'], '--backend', 'lancedb', ...option('probes=1'), ...option('probes=2'));
  expect(existsSync(join(cwd, 'kb'))).toBe(false);
});

it('keeps LanceDB where it is told to, and takes it away from there', async () => {
  await built('--backend', 'lancedb', '--backend-option', 'folder=elsewhere');
  const kept = () => readdirSync(join(cwd, 'elsewhere')).filter((it) => it.endsWith('.lance'));
  expect(kept()).toEqual([expect.stringMatching(/^referent_\w+\.lance$/)]);
  expect(await link()).toHaveLength(2);
  await ok('index', 'move', '--kb', 'kb', '--to', 'exact');
  expect(kept()).toEqual([]);
  await ok('index', 'move', '--kb', 'kb', '--to', 'lancedb');
  const [files] = readdirSync(join(cwd, 'kb')).filter((it) => it.endsWith('.files'));
  await rm(join(cwd, 'kb', files!), { recursive: true });
  const { code, stderr } = await call('link', '--kb', 'kb', ...engine, 'an [[alpha 6]]');
  expect([code, stderr]).toEqual([1, expect.stringContaining('referent index move --to lancedb')]);
});

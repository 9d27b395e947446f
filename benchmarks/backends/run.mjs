// Whether `referent link` finds with every index backend what it finds when all vectors are compared: the knowledge base of
// WordNet's named entities is moved from one to the next (nothing is encoded again), and real mentions are linked each time.
//   npm run build && node benchmarks/backends/run.mjs --kb <knowledge base> --mentions <jsonl> --work <folder>
// A knowledge base: `referent demo` leaves one in the cache; mentions as for `referent evaluate`. Servers are taken from
// REFERENT_POSTGRES_URL (tools/postgres/start.mjs) and REFERENT_OPENSEARCH_URL (tools/opensearch/start.mjs); pglite is started here.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine, measuredCommit } from '../shared/machine.mjs';
import { commandLine, root, run } from '../shared/referent.mjs';
import { machineLine, markdownTable, writeResults } from '../shared/results.mjs';
import { startPglite } from './pglite.mjs';

const { values: options } = parseArgs({
  options: {
    kb: { type: 'string' },
    mentions: { type: 'string' },
    work: { type: 'string' },
    model: { type: 'string' },
    limit: { type: 'string', default: '500' },
    only: { type: 'string' },
    together: { type: 'string', default: '1' },
  },
});
if (!options.kb || !options.mentions || !options.work) {
  console.error(
    'Usage: node benchmarks/backends/run.mjs --kb <folder> --mentions <jsonl> --work <folder> [--only A,B]',
  );
  process.exit(2);
}
const work = resolve(options.work);
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const mentions = join(work, 'mentions.jsonl');
const lines = readFileSync(options.mentions, 'utf8').trim().split('\n').slice(0, Number(options.limit));
const unlabelled = lines.map((line, id) => {
  const { context_left, mention, context_right } = JSON.parse(line); // no world: all entities are candidates
  return JSON.stringify({ id: String(id), context_left, mention, context_right });
});
writeFileSync(mentions, `${unlabelled.join('\n')}\n`);

const { env } = process;
const { REFERENT_POSTGRES_URL: postgres, REFERENT_OPENSEARCH_URL: opensearch } = env;
const pglite = await startPglite();
const option = (text) => ['--backend-option', text];
const ways = [
  { name: 'exact f16', backend: 'exact', quantization: 'f16' },
  { name: 'exact i8', backend: 'exact', quantization: 'i8' },
  ...['f32', 'f16', 'i8', 'b1'].map((it) => ({ name: `usearch ${it}`, backend: 'usearch', quantization: it })),
  { name: 'usearch f32, 4 segments', backend: 'usearch', quantization: 'f32', more: option('segmentSize=2000') },
  { name: 'hnswlib f32', backend: 'hnswlib', quantization: 'f32' },
  { name: 'lancedb f32', backend: 'lancedb', quantization: 'f32' },
  { name: 'lancedb i8', backend: 'lancedb', quantization: 'i8' },
  {
    name: 'postgres f32 (pglite)',
    backend: 'postgres',
    quantization: 'f32',
    url: pglite.url,
  },
  {
    name: 'postgres f16 (pglite)',
    backend: 'postgres',
    quantization: 'f16',
    url: pglite.url,
  },
  ...(postgres ? ['f32', 'f16'] : []).map((it) => ({
    name: `postgres ${it} (server)`,
    backend: 'postgres',
    quantization: it,
    url: postgres,
  })),
  ...(opensearch
    ? ['f32', 'i8'].map((it) => ({
        name: `opensearch ${it}`,
        backend: 'opensearch',
        quantization: it,
        more: option('replicas=0'),
      }))
    : []),
].filter(({ name }) => !options.only || options.only.split(',').some((it) => name.startsWith(it)));

const truth = await measured('exact f32', { backend: 'exact', quantization: 'f32' }, (found) => found);
const rows = [];
const waiting = [...ways];
try {
  await Promise.all(
    Array.from({ length: Number(options.together) }, async () => {
      for (let way = waiting.shift(); way; way = waiting.shift()) {
        const { name } = way;
        rows.push(
          await measured(name, way, (found) => ({
            name,
            recall10: recall(found, 10),
            recall64: recall(found, 64),
            first: agreement(found),
          })),
        );
        console.error(rows.at(-1));
        report();
      }
    }),
  );
} finally {
  await pglite.close();
}

/** Moves a copy of the knowledge base, links, and leaves nothing at the server. */
async function measured(name, { backend, quantization, more = [], url }, measure) {
  const kb = join(work, name.replaceAll(/\W+/g, '-'));
  cpSync(resolve(options.kb), kb, { recursive: true });
  await move(kb, backend, quantization, [...more, ...(url ? option(`url=${url}`) : [])]);
  const result = measure(await link(kb, url));
  await move(kb, 'exact', 'f32', [], url);
  return result;
}

function report() {
  const order = ways.map(({ name }) => name);
  rows.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const [machine, commit] = [describeMachine(), measuredCommit(root)];
  const percent = (value) => value.toFixed(4);
  writeResults(
    'backends',
    { commit, machine, mentions: lines.length, rows },
    `# Every backend finds the same

WordNet's named entities, ${lines.length} mentions, linked by \`referent link --sources dense --candidates 64\` after
\`referent index move\`: the share of the candidates of exact search (f32) that each backend finds, and of the mentions whose best
candidate is the same. Settings are each backend's usual ones.

${markdownTable([
  ['index', 'recall@10', 'recall@64', 'same first'],
  ...rows.map(({ name, recall10, recall64, first }) => [name, percent(recall10), percent(recall64), percent(first)]),
])}

LanceDB compares all vectors of fewer than 10,000, where \`exact\` would do as well. Times are left out: other work may run beside it.

${machineLine(machine)}. \`node benchmarks/backends/run.mjs\`, commit ${commit}.`,
  );
}

function move(kb, to, quantization, more = [], url) {
  return referentWith(url, 'index', 'move', '--kb', kb, '--to', to, '--quantization', quantization, ...more, '--quiet');
}

/** Candidates of each mention, best first. */
async function link(kb, url) {
  const argv = ['link', '--kb', kb, '--input', mentions, '--input-format', 'jsonl', '--format', 'jsonl', '--quiet'];
  const model = options.model ? ['--model', options.model] : [];
  const output = await referentWith(
    url,
    ...argv,
    ...model,
    '--sources',
    'dense',
    '--candidates',
    '64',
    '--rerank',
    'off',
  );
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).mentions[0].candidates);
}

/** A command line of its own: where its server is is said by its environment. */
function referentWith(url, ...argv) {
  return run(process.execPath, [commandLine, ...argv], url && { env: { ...env, REFERENT_POSTGRES_URL: url } });
}

/** Candidates that score as well as the last right one are as right as it: some entities have equal texts. */
function recall(found, k) {
  let [right, wanted] = [0, 0];
  truth.forEach((all, at) => {
    const best = all.slice(0, k);
    const ids = new Set(best.map(({ id }) => id));
    const least = best.at(-1).retrieval_score - 1e-5;
    right += found[at].slice(0, k).filter(({ id, retrieval_score }) => ids.has(id) || retrieval_score >= least).length;
    wanted += best.length;
  });
  return right / wanted;
}

function agreement(found) {
  return found.filter(([best], at) => best.id === truth[at][0].id).length / found.length;
}

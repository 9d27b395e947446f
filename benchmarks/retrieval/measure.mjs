import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine, referent, root, run } from '../shared/referent.mjs';
import { readLines } from './sets.mjs';

export const cutoffs = [1, 16, 64];

/** What is measured here: the encoder that the default model began as. */
const untrained = 'all-minilm-l6-v2';

/** The ways to find candidates, as options of `referent evaluate`. */
export const ways = {
  dense: ['--sources', 'dense'],
  names: ['--sources', 'names'],
  fused: [],
};

/** Builds a knowledge base where there is none; an unfinished build goes on. */
export async function ensureKnowledgeBase({ entities, knowledgeBase }, options = []) {
  if (existsSync(join(knowledgeBase, 'manifest.json'))) return;
  console.error(`Building ${knowledgeBase} ...`);
  await referent('build', '--entities', entities, '--model', untrained, '--out', knowledgeBase, ...options);
}

/** The figures of one set by world, and of all its mentions. */
export async function evaluate({ knowledgeBase, mentions }, options) {
  const output = await referent(
    'evaluate',
    '--kb',
    knowledgeBase,
    '--mentions',
    mentions,
    '--json',
    '--quiet',
    ...options,
  );
  const report = JSON.parse(output);
  const recallOf = ({ recall }) => cutoffs.map((cutoff) => recall.find(({ k }) => k === cutoff).value);
  return {
    all: recallOf(report.all),
    worlds: Object.fromEntries(report.worlds.map((world) => [world.name, recallOf(world)])),
  };
}

export async function evaluateBm25({ entities, mentions }, python) {
  const script = fileURLToPath(new URL('bm25.py', import.meta.url));
  const report = JSON.parse(await run(python, [script, entities, mentions]));
  const recallOf = (recall) => cutoffs.map((cutoff) => recall[cutoff]);
  return {
    all: recallOf(report.all),
    worlds: Object.fromEntries(Object.entries(report.worlds).map(([world, recall]) => [world, recallOf(recall)])),
  };
}

export async function bm25Version(python) {
  try {
    return (await run(python, ['-c', 'import bm25s; print(bm25s.__version__)'])).trim();
  } catch {
    throw new Error(`${python} has no bm25s: ${python} -m pip install -r benchmarks/retrieval/requirements.txt`);
  }
}

/** How many mentions there are, and how many entities each is looked for among. */
export function countsOf({ entities, mentions, byWorld }) {
  const tally = (records) => {
    const counts = new Map();
    for (const { world } of records) counts.set(world, (counts.get(world) ?? 0) + 1);
    return counts;
  };
  const stored = readLines(entities);
  const labelled = readLines(mentions);
  if (!byWorld) return { all: { mentions: labelled.length, entities: stored.length } };
  const entityCounts = tally(stored);
  return Object.fromEntries(
    [...tally(labelled)].map(([world, count]) => [world, { mentions: count, entities: entityCounts.get(world) ?? 0 }]),
  );
}

/** The namesakes of WordNet's named entities, through the whole pipeline: is the best candidate the right one? */
export async function linkNamesakes(model = untrained) {
  const file = join(root, 'apps/cli/test/fixtures/namesakes.tsv');
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  const input = rows.map(([, text], row) => `${JSON.stringify({ id: String(row), text })}\n`).join('');
  const args = [
    commandLine,
    'link',
    '--model',
    model,
    '--input',
    '-',
    '--input-format',
    'jsonl',
    '--format',
    'jsonl',
    '--quiet',
  ];
  const output = await run(process.execPath, args, { input });
  const best = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).mentions[0]?.candidates[0]);
  const wrong = rows.flatMap(([offset, text], row) =>
    best[row]?.id === `wn31-${offset}-n` ? [] : [{ text, answer: best[row]?.id ?? null }],
  );
  return { right: rows.length - wrong.length, of: rows.length, wrong };
}

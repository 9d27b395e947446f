// How well a model retrieves and links on the dev splits, beside the encoder it began as.
//   npm run build && node benchmarks/model/run.mjs --data DATA --work WORK --models all-minilm-l6-v2,FOLDER [--name model]
// The first model is the one that the others are compared with. WORK keeps knowledge bases and reports.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { linkNamesakes } from '../retrieval/measure.mjs';
import { openSets, precisionSet } from '../retrieval/sets.mjs';
import { describeMachine, measuredCommit } from '../shared/machine.mjs';
import { referent, root } from '../shared/referent.mjs';
import { machineLine, markdownTable, writeResults } from '../shared/results.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    work: { type: 'string' },
    models: { type: 'string' },
    name: { type: 'string', default: 'model' },
    note: { type: 'string' },
  },
});
if (!options.data || !options.work || !options.models) {
  console.error('Usage: node benchmarks/model/run.mjs --data DATA --work WORK --models BASE,MODEL...');
  process.exit(2);
}
const data = resolve(options.data);
const work = resolve(options.work);
const sets = prepareSets();
const models = options.models.split(',');
const measured = [];
for (const model of models) measured.push(await measure(model));

const result = {
  date: new Date().toISOString().slice(0, 10),
  command: `node benchmarks/model/run.mjs --data DATA --work WORK --models ${models.map((it) => basename(it)).join(',')}`,
  commit: measuredCommit(root),
  machine: describeMachine(),
  ...(options.note && { note: options.note }),
  models: measured,
};
writeResults(options.name, result, formatReport(result));

/** The five dev worlds as one knowledge base, and words with the synsets of their lemma and part of speech as a world each. */
function prepareSets() {
  const all = openSets({ data, work });
  return { dev: precisionSet(all, work), words: all.find(({ name }) => name === 'wsd-lemma') };
}

async function measure(model) {
  const name = basename(model);
  const manifest = existsSync(join(model, 'referent-model.json'))
    ? JSON.parse(readFileSync(join(model, 'referent-model.json'), 'utf8'))
    : {};
  const ways = {
    'bi-encoder': ['--sources', 'dense', '--rerank', 'off'],
    'first stage': ['--rerank', 'off'],
    ...(manifest.crossEncoder && { 'two stages': [] }),
  };
  const figures = {};
  for (const [set, { entities, mentions }] of Object.entries(sets)) {
    const knowledgeBase = join(work, `${name}-${set}.kb`);
    if (!existsSync(join(knowledgeBase, 'manifest.json'))) {
      await referent('build', '--entities', entities, '--model', model, '--out', knowledgeBase, '--quiet');
    }
    for (const [way, flags] of Object.entries(ways)) {
      const report = join(work, `${name}-${set}-${way.replace(' ', '-')}`);
      const before = join(
        work,
        `${basename(models[0])}-${set}-${way === 'two stages' ? 'first-stage' : way.replace(' ', '-')}`,
      );
      const compare = name === basename(models[0]) ? [] : ['--compare', join(before, 'report.json')];
      const args = ['--kb', knowledgeBase, '--mentions', mentions, '--model', model, '--report', report, ...compare];
      const output = await referent('evaluate', ...args, '--json', '--quiet', ...flags);
      figures[set] = { ...figures[set], [way]: JSON.parse(output) };
      console.error(name, set, way, figures[set][way].macro?.accuracy ?? figures[set][way].all.accuracy);
    }
  }
  return { name, figures, namesakes: await linkNamesakes(model) };
}

function formatReport({ date, command, commit, machine, note, models }) {
  const share = (value) => (value === null || value === undefined ? '-' : value.toFixed(3).replace(/^0/, ''));
  const at = (scores, k) => scores.recall.find((it) => it.k === k).value;
  const interval = (it) => (it ? `${share(it.mean)} (${share(it.low)} to ${share(it.high)})` : '-');
  const rows = models.flatMap(({ name, figures: { dev, words } }) =>
    Object.entries(dev).map(([way, report]) => {
      const world = (wanted) => report.worlds.find((it) => it.name === wanted);
      const cells = ['cncf', 'ironsworn', 'postgres', 'starforged', 'CL'].map((it) => share(world(it).accuracy));
      const change = report.comparison?.measures.find(({ measure }) => measure === 'accuracy, macro');
      return [
        `${name}, ${way}`,
        ...cells,
        interval(report.intervals?.macro?.accuracy),
        change ? `${change.mean > 0 ? '+' : ''}${change.mean.toFixed(3)} (p ${change.pValue.toFixed(3)})` : '',
        share(at(world('CL'), 64)),
        share(words[way]?.all.accuracy),
      ];
    }),
  );
  const classes = ['high_overlap', 'multiple_categories', 'plural_only', 'ambiguous_substring', 'low_overlap'];
  const overlaps = models.flatMap(({ name, figures: { dev } }) =>
    Object.entries(dev).map(([way, report]) => [
      `${name}, ${way}`,
      ...classes.map((it) => {
        const group = report.overlaps.find((overlap) => overlap.name === it);
        return group ? `${share(group.accuracy)} (${group.total})` : '-';
      }),
    ]),
  );
  const calibrations = models.flatMap(({ name, figures: { dev } }) =>
    Object.entries(dev).map(([way, { calibration }]) => [
      `${name}, ${way}`,
      share(calibration?.error),
      share(calibration?.brier),
    ]),
  );
  return `# The model on the dev splits

\`${command}\`, ${date}, commit ${commit}. ${machineLine(machine)}.${note ? `\n\nNote: ${note}` : ''}

Accuracy (unnormalized: the best candidate is right, of all mentions) by world, and its macro average with a 95 % bootstrap interval. *bi-encoder*: the nearest
vector alone. *first stage*: with names and topic, fused. *two stages*: the re-ranker reads the best of these. The change is against the first model's same way
(its first stage for two stages), by paired bootstrap. Words: SemEval-2007, the synsets of lemma and part of speech as candidates.

${markdownTable([['', 'cncf', 'ironsworn', 'postgres', 'starforged', 'CL', 'macro', 'change', 'CL R@64', 'words'], ...rows])}

## By how mention and title resemble each other (mentions)

${markdownTable([['', ...classes], ...overlaps])}

## Calibration on the five worlds

${markdownTable([['', 'expected calibration error', 'Brier score'], ...calibrations])}

## Namesakes, through the whole pipeline

${models.map(({ name, namesakes: { right, of, wrong } }) => `- ${name}: **${right} of ${of}**${wrong.map(({ text }) => `\n  - wrong: ${text}`).join('')}`).join('\n')}
`;
}

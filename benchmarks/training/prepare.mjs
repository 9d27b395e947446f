// Makes the training sets that the recipes name from the data folder; only files of one's own come of it.
//   node benchmarks/training/prepare.mjs DATA OUT
// OUT/worlds-train.jsonl: all mentions that need reading, and as many again of those that are their title and no one else's.
// OUT/wsd-{train,dev}.jsonl: with the synsets of lemma and part of speech as "candidates".
// OUT/wordnet-examples.jsonl, OUT/wordnet-entities.jsonl: each synset's quoted example as a mention of it, and the
// synsets without their examples, so that no text names its own answer.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [data, out] = process.argv.slice(2);
if (!data || !out) {
  console.error('Usage: node benchmarks/training/prepare.mjs DATA OUT');
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const read = (file) => readFileSync(join(data, file), 'utf8').trim().split('\n').map(JSON.parse);
const write = (file, records) => {
  writeFileSync(join(out, file), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  console.error(`${join(out, file)}: ${records.length}`);
};

worlds();
wordnet();

function worlds() {
  const bearers = new Map();
  for (const { id, title, aliases = [], world } of read('worlds/entities.jsonl')) {
    for (const name of [title, ...aliases]) {
      const key = JSON.stringify([world, name.toLowerCase()]);
      bearers.set(key, (bearers.get(key) ?? new Set()).add(id));
    }
  }
  const isPlain = ({ world, mention, label_id }) => {
    const ids = bearers.get(JSON.stringify([world, mention.toLowerCase()]));
    return ids?.size === 1 && ids.has(label_id);
  };
  const mentions = read('worlds/mentions_train.jsonl');
  const telling = mentions.filter((mention) => !isPlain(mention));
  const plain = mentions.filter(isPlain);
  // Evenly over the file, which is sorted by world.
  const step = Math.max(1, plain.length / telling.length);
  const kept = new Set(telling.map((_, i) => plain[Math.floor(i * step)]));
  write(
    'worlds-train.jsonl',
    mentions.filter((mention) => kept.has(mention) || !isPlain(mention)),
  );
}

function wordnet() {
  const entities = read('wsd/entities.jsonl');
  const senses = new Map();
  const namesOf = new Map();
  for (const { id, title, text, pos } of entities) {
    // Where a synset has several names, its text begins with their list.
    const names = new Set([title]);
    const listed = /^([^:;"]+): /.exec(text)?.[1]?.split(', ') ?? [];
    if (listed.includes(title)) for (const name of listed) names.add(name);
    namesOf.set(id, [...names]);
    for (const name of names) {
      const key = senseKey(name, pos);
      senses.set(key, [...(senses.get(key) ?? []), id]);
    }
  }
  const sensesOf = ({ lemma, pos }) => senses.get(senseKey(lemma, pos)) ?? [];
  const training = read('wsd/mentions_train.jsonl').map((mention) => ({ ...mention, candidates: sensesOf(mention) }));
  write(
    'wsd-train.jsonl',
    training.filter(({ candidates }) => candidates.length > 0),
  );
  const development = read('wsd/mentions_dev.jsonl').map((mention) => {
    const candidates = sensesOf(mention);
    return { ...mention, candidates: candidates.length > 0 ? candidates : [mention.label_id].flat() };
  });
  write('wsd-dev.jsonl', development);

  const examples = entities.flatMap(({ id, text, pos }) => {
    const quoted = Array.from(text.matchAll(/"([^"]+)"/g), ([, quote]) => quote.trim());
    return quoted.flatMap((quote, i) => {
      const place = namesOf
        .get(id)
        .map((name) => ({ name, found: findForm(quote, name) }))
        .find((it) => it.found);
      if (!place) return [];
      const [start, end] = place.found;
      const candidates = senses.get(senseKey(place.name, pos));
      return {
        id: `example.${id}.${i}`,
        context_left: quote.slice(0, start).trimEnd(),
        mention: quote.slice(start, end),
        context_right: quote.slice(end).trimStart(),
        label_id: id,
        // A word with one sense is told from the others of the batch only.
        ...(candidates.length > 1 && { candidates }),
      };
    });
  });
  write('wordnet-examples.jsonl', examples);
  write(
    'wordnet-entities.jsonl',
    entities.map((entity) => ({ ...entity, text: entity.text.replaceAll(/[;,:]?\s*"[^"]*"/g, '').trim() })),
  );
}

function senseKey(name, pos) {
  return `${name.toLowerCase().replaceAll('_', ' ')}.${pos}`;
}

/** Where a name stands in a sentence, with a usual ending of an English word. */
function findForm(sentence, name) {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const stem = /[^aeiou]y$/.test(name)
    ? `(?:${escaped}|${escaped.slice(0, -1)}i)`
    : name.endsWith('e')
      ? `${escaped.slice(0, -1)}e?`
      : escaped;
  const last = name.at(-1);
  const ending = /[a-z]/i.test(last)
    ? `${/[bdgklmnprt]/.test(last) ? `${last}?` : ''}(?:s|es|d|ed|ing|er|est|ly)?`
    : '';
  const match = new RegExp(`(?<![\\p{L}\\p{N}])${stem}${ending}(?![\\p{L}\\p{N}])`, 'iu').exec(sentence);
  return match && [match.index, match.index + match[0].length];
}

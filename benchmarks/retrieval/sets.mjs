import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What is measured. `reference` is R@1/R@16/R@64 of the mention alone in PyTorch, float32 (docs/log.md, 2026-11-23):
 * whoever is more than two points away from it has a bug.
 */
const reference = {
  ironsworn: [0.821, 0.997, 1],
  starforged: [0.771, 1, 1],
  postgres: [0.861, 1, 1],
  cncf: [0.926, 1, 1],
  CL: [0.537, 0.772, 0.845],
  geo: [0.549, 0.966, 0.992],
  wsd: [0.101, 0.569, 0.778],
  'wsd-lemma': [0.354, 0.969, 1],
};

/** Each set: one knowledge base, one file of mentions, one row of the report per group. */
export function openSets({ data, work }) {
  mkdirSync(work, { recursive: true });
  const at = (set) => ({
    entities: join(data, set, 'entities.jsonl'),
    mentions: join(data, set, 'mentions_dev.jsonl'),
    knowledgeBase: join(work, `${set}.kb`),
  });
  const wsd = { ...at('wsd'), mentions: spaced(at('wsd').mentions, join(work, 'wsd-mentions.jsonl')) };
  return [
    { name: 'worlds', ...at('worlds'), byWorld: true },
    { name: 'bio', ...at('bio'), byWorld: true },
    { name: 'geo', ...at('geo') },
    { name: 'wsd', ...wsd },
    { name: 'wsd-lemma', ...lemmaSet(wsd, work), byWorld: false },
  ];
}

export function referenceOf(row) {
  return reference[row];
}

/** The dev worlds alone: small enough to be built again in another number format. */
export function precisionSet(sets, work) {
  const parts = sets.filter(({ byWorld }) => byWorld);
  const mentions = parts.flatMap((set) => readLines(set.mentions));
  const worlds = new Set(mentions.map(({ world }) => world));
  const entities = parts.flatMap((set) => readLines(set.entities)).filter(({ world }) => worlds.has(world));
  return {
    name: 'precision',
    byWorld: true,
    entities: writeLines(join(work, 'precision-entities.jsonl'), entities),
    mentions: writeLines(join(work, 'precision-mentions.jsonl'), mentions),
  };
}

/** SemCor is tokenized, and its texts are cut without the blanks at the mention. */
function spaced(source, target) {
  const mentions = readLines(source).map((mention) => ({
    ...mention,
    context_left: mention.context_left.replace(/\S$/, '$& '),
    context_right: mention.context_right.replace(/^[\p{L}\p{N}]/u, ' $&'),
  }));
  return writeLines(target, mentions);
}

/**
 * The usual candidates of word sense disambiguation: the synsets of the mention's lemma and part of speech, as a world
 * of their own. Lemmas are the title, and the list before the colon in texts that begin with the title.
 */
function lemmaSet({ entities, mentions }, work) {
  const files = {
    entities: join(work, 'wsd-lemma-entities.jsonl'),
    mentions: join(work, 'wsd-lemma-mentions.jsonl'),
    knowledgeBase: join(work, 'wsd-lemma.kb'),
  };
  if (existsSync(files.entities) && existsSync(files.mentions)) return files;
  const worldOf = (lemma, pos) => `${lemma.toLowerCase().replaceAll('_', ' ')}.${pos}`;
  const labelled = readLines(mentions).map((mention) => ({ ...mention, world: worldOf(mention.lemma, mention.pos) }));
  const wanted = new Set(labelled.map(({ world }) => world));
  const idIn = (world, id) => `${world}/${id}`;
  const copies = readLines(entities).flatMap((entity) => {
    const listed = entity.text.startsWith(`${entity.title}, `) ? entity.text.split(': ', 1)[0].split(', ') : [];
    const worlds = new Set([entity.title, ...listed].map((lemma) => worldOf(lemma, entity.pos)));
    const aliases = listed.slice(1);
    return [...worlds]
      .filter((world) => wanted.has(world))
      .map((world) => ({ ...entity, ...(aliases.length > 0 && { aliases }), id: idIn(world, entity.id), world }));
  });
  writeLines(files.entities, copies);
  writeLines(
    files.mentions,
    labelled.map((mention) => ({ ...mention, label_id: idIn(mention.world, mention.label_id) })),
  );
  return files;
}

export function readLines(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function writeLines(file, records) {
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return file;
}

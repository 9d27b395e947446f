import { type Command, InvalidArgumentError, Option } from 'commander';
import { backends } from './assemble/index-providers.js';

export const modelHelp = 'The model, where the one that the knowledge base was built with has moved';
export const entitiesHelp = 'JSONL, CSV or TSV (.gz too), or a folder of Zeshel documents';
export const columnsHelp = 'Which column or JSON key is what, e.g. id=sku,title=name (see init)';

export function linkOptions(command: Command): Command {
  return command
    .option('--kb <folder>', "The knowledge base (default: WordNet's named entities, built on first use)")
    .option('--model <model>', modelHelp)
    .option('--candidates <count>', 'Candidates per mention', positiveInteger, 64)
    .option(
      '--rerank <depth>',
      'How many candidates the cross-encoder reads, or off (default: 16 where the model has one)',
      rerankDepth,
    )
    .option('--threshold <probability>', 'Below it a mention is linked to nothing (NIL)', probability)
    .addOption(sourcesOption())
    .addOption(engineOption())
    .addOption(precisionOption());
}

export function trainOptions(command: Command): Command {
  return command
    .option('--config <file>', 'Settings as JSON: sets, dev sets, recipe')
    .option('--train <files...>', 'Mentions to train on, as for evaluate')
    .option('--entities <files...>', 'The entities that they name')
    .option('--dev <files...>', 'Mentions that choose the best step; same entities')
    .option('--steps <count>', 'Overrides the settings', positiveInteger)
    .requiredOption('--out <folder>', 'The model to make; the run is kept in its folder training')
    .option('--resume', 'Go on from the last checkpoint')
    .addOption(new Option('--engine <kind>', 'What computes').choices(['auto', 'cpu', 'gpu']).default('auto'))
    .option('--json', 'The summary as JSON');
}

export function sourcesOption(): Option {
  return new Option('--sources <names>', 'Where candidates come from: dense, names, lexical')
    .argParser(candidateSources)
    .default(['dense', 'names'], 'dense,names');
}

export function engineOption(): Option {
  return new Option('--engine <kind>', 'What computes').choices(['auto', 'cpu', 'gpu', 'wasm']).default('auto');
}

export function precisionOption(): Option {
  return new Option('--precision <format>', 'Number format of matrix products')
    .choices(['auto', 'float32', 'bfloat16', 'float16'])
    .default('auto');
}

export function formatOption(): Option {
  return new Option('--format <format>', 'How results are written')
    .choices(['pretty', 'json', 'jsonl', 'html'])
    .default('pretty');
}

export function entitiesFormatOption(): Option {
  return new Option('--entities-format <format>', 'What the entity files hold')
    .choices(['auto', 'jsonl', 'csv', 'tsv', 'zeshel', 'wordnet'])
    .default('auto');
}

export function onErrorOption(): Option {
  return new Option('--on-error <what>', 'What a bad line does').choices(['skip', 'stop']).default('skip');
}

export function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a positive integer.');
  return number;
}

export function probability(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError('It must lie between 0 and 1.');
  return number;
}

/** A list with commas: one with blanks would swallow the text that follows. */
export function candidateSources(value: string): string[] {
  const names = value.split(',').map((name) => name.trim());
  if (names.every((name) => ['dense', 'names', 'lexical'].includes(name))) return names;
  throw new InvalidArgumentError('It must be dense, names, lexical or several of them: dense,names,lexical.');
}

export function rerankDepth(value: string): number | 'off' {
  return value === 'off' ? 'off' : positiveInteger(value);
}

export function examples(...lines: readonly (readonly [string, string])[]): string {
  return `\nExamples:\n${lines.map(([call, meaning]) => `  $ ${call}${meaning && `   # ${meaning}`}\n`).join('')}`;
}

export function storedFormatOption(flags: string, what: string, preset: string): Option {
  return new Option(flags, `${what}: how numbers are stored`)
    .choices(['float32', 'float16', 'eight-bit-rows'])
    .default(preset);
}

export function backendOption(): Option {
  return new Option('--backend <name>', 'Where vectors are searched: in a file (usearch, exact), a folder or a server')
    .choices(Object.keys(backends))
    .default('usearch');
}

export function quantizationOption(): Option {
  return new Option(
    '--quantization <format>',
    'Number format of the index; not every backend has each (default: f32)',
  ).choices(['f32', 'f16', 'i8', 'b1']);
}

/** May be given several times. */
export function backendSettingsOption(): Option {
  return new Option(
    '--backend-option <key=value>',
    'A setting of the backend; listed below, may be repeated',
  ).argParser((value: string, previous: readonly string[] = []) => [...previous, value]);
}

/** For the end of a help: what `--backend-option` takes. */
export function backendSettingsHelp(): string {
  const lines = Object.entries(backends).flatMap(([backend, { options, quantizations }]) => [
    `  ${backend} (${quantizations.join(', ')})\n`,
    ...Object.entries(options).map(([key, { meaning }]) => `    ${key.padEnd(16)} ${meaning}\n`),
  ]);
  return `\nBackends, their number formats, and what --backend-option takes:\n${lines.join('')}`;
}

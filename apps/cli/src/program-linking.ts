import { benchmarkFormats } from '@referent/benchmark-formats';
import { Option } from 'commander';
import { examples, formatOption, linkOptions, positiveInteger } from './command-options.js';
import type { AddCommand } from './program.js';
import { addBenchCommand } from './program-bench.js';

const profileHelp = 'Show where the time went, per mention, on standard error';

/** To link, and to measure how well it is done. */
export function addLinkingCommands(command: AddCommand): void {
  linkOptions(
    command('link', 'Link the mentions in a text', async () => (await import('./commands/link.js')).link).argument(
      '[text...]',
      'The text; mentions may be marked [[like this]]',
    ),
  )
    .option('--input <file>', 'A text or JSONL file, or - for standard input')
    .addOption(
      new Option('--input-format <format>', 'What the input holds').choices(['auto', 'text', 'jsonl']).default('auto'),
    )
    .addOption(
      new Option('--detector <name>', 'How mentions are found')
        .choices(['auto', 'marked', 'names', 'statistical'])
        .default('auto'),
    )
    .addOption(formatOption())
    .option('--json', 'Short for --format json')
    .option(
      '--keep <count>',
      'Candidates written per mention (default: 8 in html, all in json and jsonl)',
      positiveInteger,
    )
    .option('--profile', profileHelp)
    .addHelpText(
      'after',
      examples(
        ['referent link "He painted by the Seine in [[Paris]] until 1889."', ''],
        ['referent link --kb products.kb --input reviews.txt', ''],
        ['cat documents.jsonl | referent link --kb products.kb --input - --format jsonl', ''],
        ['referent link --kb products.kb --input review.txt --format html > review.html', 'a page to open and share'],
      ) +
        '\nJSONL input: {"id", "text", "mentions"?: [{"start", "end"}]} or {"id", "context_left", "mention", "context_right"}.\n',
    );

  linkOptions(
    command(
      'evaluate',
      'Measure a knowledge base and a model on mentions with known answers',
      async () => (await import('./commands/evaluate.js')).evaluate,
    ),
  )
    .requiredOption(
      '--mentions <files...>',
      'JSONL: {"id", "context_left", "mention", "context_right", "label_id", "world"?}, or a benchmark',
    )
    .addOption(
      new Option('--format <format>', 'What the mention files hold')
        .choices(['auto', ...benchmarkFormats])
        .default('auto'),
    )
    .option('--documents <folder>', "Zeshel's documents, which zeshel and blink-zeshel files need")
    .addOption(
      new Option('--labels <what>', 'What leads to the right entity').choices(['ids', 'titles']).default('ids'),
    )
    .option('--test-entities <file>', 'JSONL {"entity_id", "title"}: the labels are these ids (TAC-KBP)')
    .option('--compat', "BLINK's protocol and figures, its errors included (docs/blink.md)")
    .option('--limit <count>', 'Only the first so many mentions', positiveInteger)
    .option('--profile', profileHelp)
    .option('--report <folder>', 'Also write report.md, report.json, reliability.svg and outcomes.jsonl here')
    .option('--compare <report>', 'Is it better than this earlier --report over the same mentions, or is it chance?')
    .option('--json', 'As JSON')
    .addHelpText(
      'after',
      examples(
        ['referent evaluate --kb worlds.kb --mentions dev.jsonl', ''],
        ['referent evaluate --kb worlds.kb --mentions dev.jsonl --sources dense --report before/', ''],
        ['referent evaluate --kb worlds.kb --mentions dev.jsonl --compare before/', 'with intervals and p-values'],
        ['referent evaluate --kb wikidata.kb --mentions kore50.benchmark.jsonl', "ELEVANT's files, NIF, KILT and more"],
        ['referent evaluate --kb wikipedia.kb --mentions msnbc_questions.jsonl --candidates 10 --compat', ''],
      ),
    );

  addBenchCommand(command);
}

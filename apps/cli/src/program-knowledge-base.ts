import { Option } from 'commander';
import {
  backendOption,
  backendSettingsHelp,
  backendSettingsOption,
  columnsHelp,
  engineOption,
  entitiesFormatOption,
  entitiesHelp,
  examples,
  modelHelp,
  onErrorOption,
  precisionOption,
  quantizationOption,
} from './command-options.js';
import type { AddCommand } from './program.js';

/** To make, change and look into knowledge bases. */
export function addKnowledgeBaseCommands(command: AddCommand): void {
  command(
    'init',
    'Look at a table or JSONL and propose how to build a knowledge base of it',
    async () => (await import('./commands/init.js')).init,
    { usesEngine: false },
  )
    .argument('<files...>', 'CSV, TSV or JSONL, .gz too')
    .option('--write <file>', 'Convert them to entities as JSONL')
    .option('--json', 'The proposal as JSON')
    .addHelpText(
      'after',
      examples(
        ['referent init products.csv', 'which column is what, and the command that builds'],
        ['referent init products.csv --write products.jsonl', ''],
      ),
    );

  command('build', 'Build a knowledge base from entities', async () => (await import('./commands/build.js')).build, {
    isResumable: true,
  })
    .option('--entities <files...>', entitiesHelp)
    .addOption(entitiesFormatOption())
    .option('--columns <mapping>', columnsHelp)
    .addOption(onErrorOption())
    .addOption(new Option('--from <source>', 'A source that comes with Referent').choices(['wordnet']))
    .addOption(new Option('--scope <scope>', 'Which part of WordNet (default: named)').choices(['named', 'nouns']))
    .requiredOption('--out <folder>', 'The knowledge base to make')
    .option('--model <model>', 'A model folder or a Hugging Face cache entry (default: the small English encoder)')
    .addOption(backendOption())
    .addOption(quantizationOption())
    .addOption(backendSettingsOption())
    .option('--replace', 'Replace a knowledge base that is there')
    .addOption(engineOption())
    .addOption(precisionOption())
    .option('--json', 'The summary as JSON')
    .addHelpText(
      'after',
      examples(
        ['referent build --entities products.jsonl --out products.kb', ''],
        ['referent build --entities terms.csv --columns id=code,title=term,text=meaning --out terms.kb', ''],
        ['referent build --from wordnet --scope nouns --out nouns.kb', 'all 82,000 nouns'],
        ['referent build --entities products.jsonl --out products.kb --backend lancedb', 'vectors in a folder'],
        [
          'referent build --entities products.jsonl --out products.kb --backend postgres',
          'where REFERENT_POSTGRES_URL says',
        ],
      ) +
        '\nAn interrupted build goes on where it stopped: run the same command again.\n' +
        'Entities: {"id", "title", "text", "aliases"?, "url"?, "world"?}, one JSON object a line.\n' +
        backendSettingsHelp(),
    );

  command('add', 'Add entities to a knowledge base', async () => (await import('./commands/add.js')).add, {
    isResumable: true,
  })
    .requiredOption('--kb <folder>', 'The knowledge base')
    .option('--entities <files...>', `${entitiesHelp}; without them, completes an addition that was stopped`)
    .addOption(entitiesFormatOption())
    .option('--columns <mapping>', columnsHelp)
    .addOption(onErrorOption())
    .addOption(
      new Option('--on-duplicate <what>', 'An id that is there already').choices(['skip', 'replace']).default('skip'),
    )
    .option('--model <model>', modelHelp)
    .addOption(engineOption())
    .addOption(precisionOption())
    .option('--json', 'The summary as JSON')
    .addHelpText(
      'after',
      examples(
        ['referent add --kb products.kb --entities new.jsonl', ''],
        ['referent add --kb products.kb --entities changed.jsonl --on-duplicate replace', ''],
      ),
    );

  command('remove', 'Remove entities from a knowledge base', async () => (await import('./commands/remove.js')).remove)
    .argument('<ids...>', 'Ids of the entities')
    .requiredOption('--kb <folder>', 'The knowledge base')
    .option('--json', 'The summary as JSON')
    .addHelpText('after', examples(['referent remove --kb products.kb p-1001 p-1002', '']));

  command('info', 'Show what a knowledge base holds', async () => (await import('./commands/info.js')).info)
    .requiredOption('--kb <folder>', 'The knowledge base')
    .option('--json', 'As JSON')
    .addHelpText('after', examples(['referent info --kb products.kb', '']));
}

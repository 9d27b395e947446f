import { Argument } from 'commander';
import {
  backendOption,
  backendSettingsHelp,
  backendSettingsOption,
  engineOption,
  examples,
  precisionOption,
  quantizationOption,
} from './command-options.js';
import type { AddCommand } from './program.js';

/** To bring models and knowledge bases from other systems. */
export function addImportCommands(command: AddCommand): void {
  command(
    'import',
    "Bring BLINK's models and knowledge bases along",
    async () => (await import('./commands/import.js')).importBlink,
    { isResumable: true },
  )
    .addArgument(new Argument('<what>', 'Whose files they are').choices(['blink']))
    .option('--biencoder-model <file>', 'Weights, such as biencoder_wiki_large.bin: makes a model')
    .option('--biencoder-config <file>', 'Its configuration, biencoder_wiki_large.json')
    .option('--crossencoder-model <file>', 'Weights of the re-ranker')
    .option('--crossencoder-config <file>', 'Its configuration')
    .option('--vocab <file>', 'vocab.txt of the BERT that they were trained from')
    .option('--bert-config <file>', 'config.json of that BERT, where its name ("bert_model") is not a well-known one')
    .option('--entity-catalogue <file>', 'entity.jsonl: makes a knowledge base')
    .option('--entity-encoding <file>', 'Its vectors, all_entities_large.t7 (default: computed)')
    .option('--model <folder>', 'For a catalogue: the model that was imported')
    .requiredOption('--out <folder>', 'The model or the knowledge base to make')
    .addOption(backendOption())
    .addOption(quantizationOption())
    .addOption(backendSettingsOption())
    .option('--replace', 'Replace what is there')
    .addOption(engineOption())
    .addOption(precisionOption())
    .option('--json', 'The summary as JSON')
    .addHelpText(
      'after',
      examples(
        [
          'referent import blink --biencoder-model biencoder_wiki_large.bin --biencoder-config biencoder_wiki_large.json --vocab vocab.txt --out blink-model',
          '',
        ],
        [
          'referent import blink --biencoder-model bi.bin --biencoder-config bi.json --crossencoder-model cross.bin --crossencoder-config cross.json --vocab vocab.txt --out blink-model',
          'with its re-ranker',
        ],
        [
          'referent import blink --entity-catalogue entity.jsonl --entity-encoding all_entities_large.t7 --model blink-model --out wikipedia.kb',
          '',
        ],
        [
          'referent link --kb wikipedia.kb --candidates 10 --rerank 10 "She grew up in [[Paris]], Texas."',
          "as BLINK's main_dense does",
        ],
      ) +
        '\nBLINK reads lowercase; vocab.txt is that of bert-large-uncased for the released models.\n' +
        'An interrupted import of a catalogue goes on where it stopped: run the same command again.\n' +
        backendSettingsHelp(),
    );
}

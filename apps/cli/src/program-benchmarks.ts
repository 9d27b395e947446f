import { Argument, Option } from 'commander';
import { engineOption, examples, positiveInteger, precisionOption, rerankDepth } from './command-options.js';
import type { AddCommand } from './program.js';
import { zeshelSplits } from './zeshel-folder.js';

/** To follow the protocol of a benchmark. */
export function addBenchmarkCommands(command: AddCommand): void {
  command(
    'zeshel',
    'Prepare the Zeshel benchmark, or measure a model on it',
    async () => (await import('./commands/zeshel.js')).zeshel,
    { isResumable: true },
  )
    .addArgument(new Argument('<what>', 'What to do').choices(['prepare', 'evaluate']))
    .argument('<raw>', 'The folder of the distribution, with "documents" and "mentions"')
    .argument('[out]', 'prepare: the folder to write')
    .option('--compat', 'As BLINK: its files, its reading of entities, its figures with their errors (docs/blink.md)')
    .addOption(
      new Option('--split <name>', 'evaluate: which mentions (default: test; with --in-batch valid)').choices(
        Object.keys(zeshelSplits),
      ),
    )
    .option('--model <model>', 'A model folder or a Hugging Face cache entry (default: the small English encoder)')
    .option('--candidates <count>', 'Candidates per mention', positiveInteger, 64)
    .option('--rerank <depth>', 'How many candidates the cross-encoder reads, or off (default: all)', rerankDepth)
    .option('--kb <folder>', 'Where the encoded worlds are kept (default: in the cache)')
    .option('--limit <count>', 'Only the first so many mentions', positiveInteger)
    .option(
      '--in-batch <size>',
      "Instead: the accuracy that BLINK's training prints, in batches of this size",
      positiveInteger,
    )
    .addOption(engineOption())
    .addOption(precisionOption())
    .option('--json', 'As JSON')
    .addHelpText(
      'after',
      examples(
        ['referent zeshel prepare zeshel prepared', 'mentions to train on and to evaluate with'],
        ['referent zeshel prepare zeshel blink_format --compat', "byte for byte BLINK's files"],
        ['referent zeshel evaluate zeshel --model my-model', 'R@k, accuracies, per world, micro and macro'],
        ['referent zeshel evaluate zeshel --model my-model --compat', "BLINK's figures"],
      ),
    );
}

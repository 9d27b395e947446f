import { Argument } from 'commander';
import {
  engineOption,
  examples,
  precisionOption,
  probability,
  rerankDepth,
  sourcesOption,
  storedFormatOption,
  trainOptions,
} from './command-options.js';
import type { AddCommand } from './program.js';

/** To make models. */
export function addModelCommands(command: AddCommand): void {
  command(
    'calibrate',
    "Choose a model's weights of evidence, its probabilities and its NIL on development mentions",
    async () => (await import('./commands/calibrate.js')).calibrate,
  )
    .requiredOption('--model <folder>', 'A model folder; its referent-model.json is rewritten')
    .requiredOption('--sets <kb=mentions...>', 'Knowledge bases, each with its development mentions')
    .option('--nil-share <share>', 'Of the mentions that mean no entity of the knowledge base', probability, 0.2)
    .option('--rerank <depth>', 'How many candidates the cross-encoder reads, or off', rerankDepth)
    .addOption(sourcesOption())
    .option(
      '--keep-weights',
      'Keep the weights of the first stage: fit the probabilities, and the share of the re-ranker',
    )
    .option('--dry-run', 'Only show what would be chosen')
    .addOption(engineOption())
    .addOption(precisionOption())
    .addHelpText(
      'after',
      examples(
        ['referent calibrate --model my-model --sets terms.kb=dev.jsonl', ''],
        ['referent calibrate --model my-model --sets a.kb=a-dev.jsonl b.kb=b-dev.jsonl --dry-run', ''],
      ),
    );

  command('pack', 'Write a model in fewer bytes, to publish it', async () => (await import('./commands/pack.js')).pack)
    .requiredOption('--model <folder>', 'A model folder')
    .requiredOption('--out <folder>', 'The folder to write')
    .option('--name <name>', 'What the packed model calls itself')
    .addOption(storedFormatOption('--matrices <format>', 'Of the layers', 'eight-bit-rows'))
    .addOption(storedFormatOption('--embeddings <format>', 'Of the word table', 'eight-bit-rows'))
    .addHelpText('after', examples(['referent pack --model my-model --out my-model-small', 'a quarter of the bytes']));

  trainOptions(
    command(
      'train',
      'Train a bi-encoder or a cross-encoder on your own mentions',
      async () => (await import('./commands/train.js')).train,
    ).addArgument(new Argument('<what>', 'What is trained').choices(['bi-encoder', 'cross-encoder'])),
  )
    .option('--model <model>', 'What a bi-encoder starts from; whose candidates a cross-encoder re-ranks')
    .addHelpText(
      'after',
      examples(
        ['referent train bi-encoder --train mentions.jsonl --entities entities.jsonl --out my-model', ''],
        ['referent train bi-encoder --config recipe.json --out my-model --resume', 'go on after a stop'],
        ['referent train cross-encoder --config re-ranker.json --model my-model --out my-better-model', ''],
      ),
    );

  trainOptions(
    command(
      'distill',
      "Train a bi-encoder on a model's judgement of its candidates",
      async () => (await import('./commands/distill.js')).distill,
    ),
  )
    .requiredOption('--teacher <model>', 'A model: its re-ranker, its names and topic, or a larger bi-encoder')
    .option('--model <model>', 'What the bi-encoder starts from')
    .addHelpText(
      'after',
      examples([
        'referent distill --config recipe.json --teacher my-better-model --model my-model --out my-fast-model',
        '',
      ]),
    );
}

import { ReferentError } from '@referent/core';
import { Argument, Command, CommanderError, Option } from 'commander';
import { type CommandContext, type CommonOptions, createContext } from './command-context.js';
import {
  columnsHelp,
  engineOption,
  entitiesFormatOption,
  entitiesHelp,
  examples,
  formatOption,
  linkOptions,
  modelHelp,
  onErrorOption,
  positiveInteger,
  precisionOption,
  probability,
  rerankDepth,
  storedFormatOption,
  trainOptions,
} from './command-options.js';
import type { Io } from './io.js';
import { widthOf } from './terminal.js';
import { version } from './version.js';

type Handler<Options> = (context: CommandContext, options: Options, positional: readonly string[]) => Promise<number>;

export interface Program {
  run(argv: readonly string[]): Promise<number>;
}

/** The command line as data: what each command takes and which file runs it. Handlers are loaded when they are called. */
export function createProgram(io: Io): Program {
  let exitCode = 0;
  const program = new Command('referent')
    .description(
      'Links the mentions in a text to the entities of your knowledge base: zero-shot, offline, on this machine.',
    )
    .version(version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Show help')
    .helpCommand('help [command]', 'Show help for a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => Math.min(widthOf(io.stdout, 100), 110),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      'after',
      examples(
        ['referent demo', 'set everything up, then link a paragraph'],
        ['referent link "She grew up near [[Paris]], Texas."', ''],
        ['referent build --entities products.jsonl --out products.kb', ''],
        ['referent link --kb products.kb --input reviews.jsonl --format jsonl', ''],
      ),
    );

  const command = <Options extends CommonOptions>(
    specification: string,
    description: string,
    load: () => Promise<Handler<Options>>,
    { isResumable = false } = {},
  ): Command =>
    program
      .command(specification)
      .description(description)
      .option('-q, --quiet', 'No progress, no notes')
      .option('--cache <folder>', 'Where engines, models and graphs are kept (also: REFERENT_CACHE)')
      .option('--threads <count>', 'Threads of the engine (default: all cores)', positiveInteger)
      .action(async (...received: unknown[]) => {
        const own = received.at(-1) as Command;
        const positional = own.processedArgs.flat().filter((it): it is string => typeof it === 'string');
        const context = createContext(io, own.opts<Options>());
        try {
          const run = await load();
          exitCode = await run(context, own.opts<Options>(), positional);
        } catch (error) {
          context.progress.abandon();
          if (!io.signal.aborted || !isResumable) throw error;
          throw new ReferentError('STOPPED', { what: 'Stopped. The same command goes on from here.', cause: error });
        } finally {
          context.progress.finish();
        }
      });

  command(
    'demo',
    'Set everything up, then link a paragraph full of namesakes',
    async () => (await import('./commands/demo.js')).demo,
    { isResumable: true },
  )
    .addOption(engineOption())
    .addOption(precisionOption())
    .addOption(formatOption())
    .option('--json', 'Short for --format json')
    .addHelpText('after', examples(['referent demo', ''], ['referent demo --json', '']));

  command(
    'setup',
    'Build the TensorFlow engine and fetch the default model',
    async () => (await import('./commands/setup.js')).setup,
    { isResumable: true },
  )
    .addOption(new Option('--engine <kind>', 'Which TensorFlow to build').choices(['cpu', 'gpu']).default('cpu'))
    .option('--no-model', 'Only the engine')
    .option('--json', 'The folders as JSON')
    .addHelpText(
      'after',
      examples(
        ['referent setup', 'TensorFlow for this CPU and the default model'],
        ['referent setup --engine gpu', 'with CUDA'],
        ['referent doctor', 'see what was found'],
      ),
    );

  command(
    'doctor',
    'Show what was found on this machine, how fast it is, and what to do about the rest',
    async () => (await import('./commands/doctor.js')).doctor,
  )
    .addOption(engineOption())
    .addOption(precisionOption())
    .option('--json', 'As JSON')
    .addHelpText('after', examples(['referent doctor', ''], ['referent doctor --json | jq .advice', '']));

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
    .addOption(new Option('--backend <name>', 'Index backend').choices(['usearch', 'exact']).default('usearch'))
    .addOption(
      new Option('--quantization <format>', 'Number format of the usearch index')
        .choices(['f32', 'f16', 'i8', 'b1'])
        .default('f32'),
    )
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
      ) +
        '\nAn interrupted build goes on where it stopped: run the same command again.\n' +
        'Entities: {"id", "title", "text", "aliases"?, "url"?, "world"?}, one JSON object a line.\n',
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
    .option('--keep <count>', 'Candidates written per mention, in json and jsonl (default: all)', positiveInteger)
    .option('--profile', 'Show where the time went')
    .addHelpText(
      'after',
      examples(
        ['referent link "He painted by the Seine in [[Paris]] until 1889."', ''],
        ['referent link --kb products.kb --input reviews.txt', ''],
        ['cat documents.jsonl | referent link --kb products.kb --input - --format jsonl', ''],
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
      'JSONL: {"id", "context_left", "mention", "context_right", "label_id", "world"?}',
    )
    .option('--limit <count>', 'Only the first so many mentions', positiveInteger)
    .option('--report <folder>', 'Also write report.json and report.md here')
    .option('--json', 'As JSON')
    .addHelpText(
      'after',
      examples(
        ['referent evaluate --kb worlds.kb --mentions dev.jsonl', ''],
        ['referent evaluate --kb worlds.kb --mentions dev.jsonl --sources dense --report report/', ''],
      ),
    );

  command(
    'calibrate',
    "Choose a model's weights of evidence, its probabilities and its NIL on development mentions",
    async () => (await import('./commands/calibrate.js')).calibrate,
  )
    .requiredOption('--model <folder>', 'A model folder; its referent-model.json is rewritten')
    .requiredOption('--sets <kb=mentions...>', 'Knowledge bases, each with its development mentions')
    .option('--nil-share <share>', 'Of the mentions that mean no entity of the knowledge base', probability, 0.2)
    .option('--rerank <depth>', 'How many candidates the cross-encoder reads, or off', rerankDepth)
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
    .requiredOption('--teacher <model>', 'A model with a cross-encoder, or a larger bi-encoder')
    .option('--model <model>', 'What the bi-encoder starts from')
    .addHelpText(
      'after',
      examples([
        'referent distill --config recipe.json --teacher my-better-model --model my-model --out my-fast-model',
        '',
      ]),
    );

  return {
    async run(argv) {
      try {
        if (argv.length === 0) {
          program.outputHelp();
          return 0;
        }
        await program.parseAsync(argv, { from: 'user' });
        return exitCode;
      } catch (error) {
        // Commander has already said what was wrong with the call, or printed what was asked for.
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
        throw error;
      }
    },
  };
}

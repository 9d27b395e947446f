import { ReferentError } from '@referent/core';
import { Command, CommanderError } from 'commander';
import { type CommandContext, type CommonOptions, createContext } from './command-context.js';
import { examples, positiveInteger } from './command-options.js';
import type { Io } from './io.js';
import { addBenchmarkCommands } from './program-benchmarks.js';
import { addImportCommands } from './program-import.js';
import { addIndexCommands } from './program-index.js';
import { addKnowledgeBaseCommands } from './program-knowledge-base.js';
import { addLinkingCommands } from './program-linking.js';
import { addModelCommands } from './program-models.js';
import { addStartCommands } from './program-start.js';
import { suggestValues } from './suggest-values.js';
import { widthOf } from './terminal.js';
import { version } from './version.js';

type Handler<Options> = (context: CommandContext, options: Options, positional: readonly string[]) => Promise<number>;

export interface Program {
  run(argv: readonly string[]): Promise<number>;
}

/** Adds a command; what it takes is said by the chain that follows. */
export type AddCommand = <Options extends CommonOptions>(
  specification: string,
  description: string,
  load: () => Promise<Handler<Options>>,
  settings?: {
    /** Stopped by Ctrl-C, the same call goes on. @default false */
    readonly isResumable?: boolean;
    /** It opens a model, so it has a cache and an engine. @default true */
    readonly usesEngine?: boolean;
  },
) => Command;

/** As the help shows them. A command is declared in the file of its group. */
const groups = [
  ['Start', addStartCommands],
  ['Knowledge bases', addKnowledgeBaseCommands],
  ['Knowledge bases', addIndexCommands],
  ['Linking', addLinkingCommands],
  ['Models', addModelCommands],
  ['Benchmarks', addBenchmarkCommands],
  ['Other systems', addImportCommands],
] as const;

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

  const command: AddCommand = <Options extends CommonOptions>(
    specification: string,
    description: string,
    load: () => Promise<Handler<Options>>,
    { isResumable = false, usesEngine = true } = {},
  ): Command => {
    const own = program.command(specification).description(description).option('-q, --quiet', 'No progress, no notes');
    if (usesEngine) {
      own
        .option('--cache <folder>', 'Where engines, models and graphs are kept (also: REFERENT_CACHE)')
        .option('--threads <count>', 'Threads of the engine (default: all cores)', positiveInteger);
    }
    return own
      .action(async () => {
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
      })
      .showHelpAfterError(`\n\`referent ${own.name()} --help\` shows what it takes, with examples.`);
  };

  for (const [heading, add] of groups) {
    program.commandsGroup(`${heading}:`);
    add(command);
  }
  for (const { options, registeredArguments } of program.commands) suggestValues([...options, ...registeredArguments]);

  return {
    async run(argv) {
      try {
        if (argv.length === 0) {
          program.outputHelp();
          return 0;
        }
        // The scripts of `referent complete` ask so, at every press of the Tab key.
        if (argv[0] === 'complete' && argv[1] === '--') {
          const { completionsFor, formatCompletions } = await import('./completions.js');
          io.stdout.write(formatCompletions(completionsFor(program, argv.slice(2))));
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

import { Argument, InvalidArgumentError, Option } from 'commander';
import { backends } from './assemble/index-providers.js';
import {
  backendSettingsHelp,
  backendSettingsOption,
  engineOption,
  examples,
  modelHelp,
  positiveInteger,
  precisionOption,
  probability,
} from './command-options.js';
import type { AddCommand } from './program.js';

/** To move and to tune the index of a knowledge base. */
export function addIndexCommands(command: AddCommand): void {
  command(
    'index',
    'Move the index of a knowledge base to another backend, or tune it',
    async () => (await import('./commands/index-command.js')).indexCommand,
  )
    .addArgument(new Argument('<what>', 'What to do').choices(['move', 'tune']))
    .requiredOption('--kb <folder>', 'The knowledge base')
    .addOption(new Option('--to <backend>', 'move: index backend').choices(Object.keys(backends)))
    .addOption(
      new Option('--quantization <format>', 'move: number format of the index (default: f32)').choices([
        'f32',
        'f16',
        'i8',
        'b1',
      ]),
    )
    .addOption(backendSettingsOption())
    .option('--recall <share>', 'tune: the recall against exact search that is wanted', probability, 0.98)
    .option('--k <count>', 'tune: hits per query; linking asks for 64', positiveInteger, 64)
    .option(
      '--values <counts>',
      'tune: which values to try, of what the backend calls expansionSearch or probes',
      counts,
    )
    .option('--sample <count>', 'tune: queries', positiveInteger, 500)
    .option('--mentions <files...>', 'tune: mentions to search with (default: moved vectors of entities)')
    .option('--out <folder>', 'tune: write index-tune.json, .md and .svg here')
    .option('--apply', 'tune: store the choice in the knowledge base')
    .option('--model <model>', modelHelp)
    .addOption(engineOption())
    .addOption(precisionOption())
    .option('--json', 'As JSON')
    .addHelpText(
      'after',
      examples(
        ['referent index move --kb products.kb --to exact', 'nothing is encoded again'],
        ['referent index move --kb products.kb --to usearch --quantization i8', ''],
        ['referent index move --kb products.kb --to postgres --backend-option schema=search', ''],
        ['referent index tune --kb products.kb --recall 0.99 --apply', ''],
        ['referent index tune --kb products.kb --mentions dev.jsonl --out tuning/', ''],
      ) +
        '\nWhere servers are is said by --backend-option url=… or REFERENT_POSTGRES_URL. Passwords are never stored.\n' +
        backendSettingsHelp(),
    );
}

function counts(value: string): number[] {
  const numbers = value.split(',').map(Number);
  if (numbers.some((number) => !Number.isInteger(number) || number < 1)) {
    throw new InvalidArgumentError('It must be whole numbers with commas between them, such as 64,128,256.');
  }
  return numbers;
}

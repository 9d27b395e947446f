import { Argument, InvalidArgumentError } from 'commander';
import { engineOption, examples, modelHelp, positiveInteger, rerankDepth, sourcesOption } from './command-options.js';
import type { AddCommand } from './program.js';

/** To weigh accuracy against time. */
export function addBenchCommand(command: AddCommand): void {
  command(
    'bench',
    'Measure accuracy and milliseconds per mention of many settings, and draw the trade-off',
    async () => (await import('./commands/bench-tradeoff.js')).benchTradeoff,
  )
    .addArgument(new Argument('<what>', 'What is measured').choices(['tradeoff']))
    .requiredOption('--kb <folder>', 'The knowledge base')
    .requiredOption('--mentions <files...>', 'Mentions with known answers, as for evaluate')
    .option('--model <model>', modelHelp)
    .option('--limit <count>', 'At most so many mentions, spread evenly over the files', positiveInteger, 500)
    .option('--batch <count>', 'Mentions that go through the models together; 1 measures latency', positiveInteger, 32)
    .addOption(sourcesOption())
    .option('--candidates <counts>', 'Candidates k to try (default: 1,4,16,64)', listOf(positiveInteger))
    .option(
      '--rerank <depths>',
      'Re-rank depths to try (default: off,4,8,16,32 where the model can)',
      listOf(rerankDepth),
    )
    .option(
      '--quantization <formats>',
      'Number formats of the index to try: f32, f16, i8, b1 (default: all that its backend has)',
      listOf(oneOf('f32', 'f16', 'i8', 'b1')),
    )
    .option(
      '--precision <formats>',
      'Number formats of the models to try: float32, bfloat16, float16 (default: those that this machine computes in)',
      listOf(oneOf('float32', 'bfloat16', 'float16')),
    )
    .option('--full', 'Every combination, not one setting after the other around the usual ones')
    .option('--out <folder>', 'Also write tradeoff.md, tradeoff.json and tradeoff.svg here')
    .addOption(engineOption())
    .option('--json', 'As JSON')
    .addHelpText(
      'after',
      `${examples(
        ['referent bench tradeoff --kb terms.kb --mentions dev.jsonl --out tradeoff/', ''],
        ['referent bench tradeoff --kb terms.kb --mentions dev.jsonl --candidates 16,64 --rerank off,8 --full', ''],
        ['referent bench tradeoff --kb terms.kb --mentions dev.jsonl --batch 1 --limit 100', 'one mention at a time'],
      )}\nCtrl-C keeps what was measured. Nothing of the knowledge base is changed: other number formats are tried in memory.\n`,
    );
}

/** "4,16" -> [4, 16]. */
export function listOf<T>(parse: (value: string) => T): (value: string) => T[] {
  return (value) => {
    const list = value.split(',').map((part) => parse(part.trim()));
    if (new Set(list).size < list.length) throw new InvalidArgumentError('A value is given twice.');
    return list;
  };
}

function oneOf<T extends string>(...choices: readonly T[]): (value: string) => T {
  return (value) => {
    const choice = choices.find((it) => it === value);
    if (choice === undefined) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    return choice;
  };
}

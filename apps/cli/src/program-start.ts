import { Argument, Option } from 'commander';
import { engineOption, examples, formatOption, precisionOption } from './command-options.js';
import type { AddCommand } from './program.js';

/** To begin with. */
export function addStartCommands(command: AddCommand): void {
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

  command('setup', 'Build the TensorFlow engine', async () => (await import('./commands/setup.js')).setup, {
    isResumable: true,
  })
    .addOption(new Option('--engine <kind>', 'Which TensorFlow to build').choices(['cpu', 'gpu']).default('cpu'))
    .option('--json', 'The folders as JSON')
    .addHelpText(
      'after',
      examples(
        ['referent setup', 'TensorFlow for this CPU'],
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

  command(
    'complete',
    'Print what lets your shell complete commands, options and their values',
    async () => (await import('./commands/complete.js')).complete,
    { usesEngine: false },
  )
    .addArgument(new Argument('<shell>', 'Your shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(
        ['referent complete bash >> ~/.bashrc', 'then open a new shell'],
        ['referent complete zsh >> ~/.zshrc', 'after the line with compinit'],
        ['referent complete fish > ~/.config/fish/completions/referent.fish', ''],
      ),
    );
}

import type { Argument, Command, Option } from 'commander';

export interface Completions {
  readonly candidates: readonly { readonly value: string; readonly description: string }[];
  /** Which paths come into question as well. */
  readonly paths: 'files' | 'folders' | 'none';
}

const nothing: Completions = { candidates: [], paths: 'none' };

/** What may stand in place of the last of the words behind `referent`. */
export function completionsFor(program: Command, words: readonly string[]): Completions {
  // bash takes --format=json apart at the equals sign.
  const current = words.at(-1) === '=' ? '' : (words.at(-1) ?? '');
  const before = words.slice(0, -1).filter((word) => word !== '=');
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const [name, ...given] = before[0] === 'help' ? [] : before;
  if (name === undefined) {
    const options = current.startsWith('-') ? help.visibleOptions(program).map(optionCandidate) : [];
    return startingWith(current, [
      ...options,
      ...commands.map((command) => ({ value: command.name(), description: command.description() })),
    ]);
  }
  const command = commands.find((it) => it.name() === name);
  if (!command) return nothing;
  const options = help.visibleOptions(command);

  const [, flag, value] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? [];
  if (flag !== undefined) {
    const { candidates, paths } = valuesOf(optionOf(options, flag), value!);
    return { candidates: candidates.map((it) => ({ ...it, value: `${flag}=${it.value}` })), paths };
  }
  const open = openOption(options, given);
  if (open && !current.startsWith('-')) return valuesOf(open, current);
  if (current.startsWith('-')) {
    const free = options.filter((it) => it.variadic || !given.some((word) => isCalled(it, word)));
    return startingWith(current, free.map(optionCandidate));
  }
  const place = positionals(options, given);
  const args = command.registeredArguments;
  return valuesOf(args[place] ?? args.findLast(({ variadic }) => variadic), current);
}

/** The option whose value comes next: the last one given, if it takes a value that is still missing, or any number. */
function openOption(options: readonly Option[], given: readonly string[]): Option | undefined {
  const at = given.findLastIndex((word) => word.startsWith('-'));
  const option = at < 0 ? undefined : optionOf(options, given[at]!);
  return option && takesValue(option) && (option.variadic || at === given.length - 1) ? option : undefined;
}

function positionals(options: readonly Option[], given: readonly string[]): number {
  return given.filter((word, i) => !word.startsWith('-') && !openOption(options, given.slice(0, i))).length;
}

const isCalled = ({ long, short }: Option, word: string) => word === long || word === short;
const optionOf = (options: readonly Option[], word: string) => options.find((it) => isCalled(it, word));
const takesValue = ({ required, optional }: Option) => required || optional;
const optionCandidate = ({ long, short, description }: Option) => ({ value: long ?? short ?? '', description });

function valuesOf(taking: Option | Argument | undefined, current: string): Completions {
  if (!taking) return nothing;
  const { argChoices: choices = [] } = taking;
  const named = 'flags' in taking ? taking.flags : taking.name();
  return {
    ...startingWith(
      current,
      choices.map((value) => ({ value, description: '' })),
    ),
    paths: pathsOf(named),
  };
}

/** By what an option calls its value: `--kb <folder>`. A set of evaluation is `kb=mentions`, which no shell knows. */
function pathsOf(named: string): Completions['paths'] {
  if (/\b(file|files|mentions\.\.\.)\b/.test(named)) return 'files';
  return /<(folder|folders|model)\b/.test(named) ? 'folders' : 'none';
}

function startingWith(current: string, candidates: Completions['candidates']): Completions {
  return { candidates: candidates.filter(({ value }) => value.startsWith(current)), paths: 'none' };
}

/** A candidate a line, its description behind a tab; then which paths. */
export function formatCompletions({ candidates, paths }: Completions): string {
  const lines = candidates.map(({ value, description }) => `${value}\t${description.replaceAll(/\s+/g, ' ')}`);
  return `${[...lines, `:${paths}`].join('\n')}\n`;
}

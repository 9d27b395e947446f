// npm run docs:cli: writes docs/reference/cli.md from the help of the program itself, as it was built.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../run.mjs';

const file = join(root, 'docs/reference/cli.md');

/** The help of every command, by its name, in the order in which the program lists them. '' is the program itself. */
export function helpTexts() {
  const own = helpOf([]);
  const names = Array.from(own.matchAll(/^ {2}([a-z]+)(?= .*\S)/gm), ([, name]) => name).filter((it) => it !== 'help');
  return new Map([['', own], ...names.map((name) => [name, helpOf([name])])]);
}

export function cliReference(texts = helpTexts()) {
  const [, ...commands] = texts.keys();
  return `# The command line

Written by \`npm run docs:cli\` from \`referent --help\` and the help of every command; a test compares them.
What goes in and comes out: [file-formats.md](file-formats.md). What errors mean: [errors.md](errors.md).

${commands.map((name) => `[${name}](#${name})`).join(' · ')}

\`\`\`text
${texts.get('').trim()}
\`\`\`

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | the work failed; the last words on standard error say why and what to do |
| 2 | the call was wrong |
| 130 | stopped by Ctrl-C; \`setup\`, \`build\`, \`add\`, \`import\` and \`train --resume\` go on from there |

Data goes to standard output, everything else to standard error.

| environment variable | meaning |
|---|---|
| \`REFERENT_CACHE\` | where engines, models and graphs are kept |
| \`REFERENT_POSTGRES_URL\` | the server of \`--backend postgres\` |
| \`NO_COLOR\`, \`FORCE_COLOR\` | colours; without them, on terminals only |
${commands.map((name) => `\n## ${name}\n\n\`\`\`text\n${texts.get(name).trim()}\n\`\`\`\n`).join('')}`;
}

function helpOf(command) {
  const program = join(root, 'apps/cli/bin/referent.js');
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' };
  return execFileSync(process.execPath, [program, ...command, '--help'], { encoding: 'utf8', env });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, cliReference());

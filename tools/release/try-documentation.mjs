// A stranger with an empty folder who does what a page of the documentation says, from top to bottom.
import { basename } from 'node:path';
import { asJavaScript, notRunBecause, pageBlocks } from '../readme.mjs';

/**
 * Commands are run, blocks under a sentence that names a file in backticks become that file, programs without a file
 * are run. Other blocks show what comes out, which tools/docs.test.ts compares.
 * @returns {Promise<Record<string, string>>} problems, by the line of their block
 */
export async function tryDocumentation({ path, consumer, commandLine, environment = {} }) {
  const problems = {};
  let hasCommandLine = false;
  for (const block of pageBlocks(path)) {
    if (notRunBecause(path, block)) continue;
    const problem = await tryBlock(block);
    if (problem) problems[`${basename(path)}:${block.line}`] = problem;
  }
  return problems;

  async function tryBlock({ language, code, file, line }) {
    if (['sh', 'bash', 'shell'].includes(language)) {
      // `referent` has no scope that could be sent to the local registry: it is installed by its address.
      const commands = code.replace(/^(npm (?:install|i) .*?)\breferent\b(?![/-])/gm, `$1${commandLine}`);
      if (commands !== code) hasCommandLine = true;
      if (!hasCommandLine && /^npx referent\b/m.test(code)) {
        hasCommandLine = true;
        const problem = await consumer.install([commandLine]);
        if (problem) return problem;
      }
      return consumer.run('bash', ['-euo', 'pipefail', '-c', commands], { environment });
    }
    if (file) {
      consumer.write(file, code);
      return undefined;
    }
    if (!['js', 'ts', 'mjs'].includes(language) || !/^import /m.test(code)) return undefined;
    const name = `block-${line}.mjs`;
    consumer.write(name, await asJavaScript({ code, language }));
    return consumer.run(process.execPath, [name], { environment });
  }
}

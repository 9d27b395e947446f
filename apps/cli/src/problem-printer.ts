import type { SourceProblem } from '@referent/knowledge-base';
import type { CommandContext } from './command-context.js';
import { formatCount } from './terminal.js';

const shown = 10;

export type ProblemPrinter = ReturnType<typeof createProblemPrinter>;

/** Says each problem as it is met; after ten of one kind it only counts, and says the count at the end. */
export function createProblemPrinter({ logger }: Pick<CommandContext, 'logger'>) {
  const counts = new Map<string, number>();
  function print(kind: string, text: string): void {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count <= shown) logger.warn(text);
  }
  return {
    print,
    printRecord({
      code,
      file,
      line,
      reason,
    }: Pick<SourceProblem, 'file' | 'line' | 'reason'> & { code: string }): void {
      print(code, `${file}, line ${line}: ${reason}`);
    },
    finish(): void {
      for (const [kind, count] of counts) {
        if (count > shown) logger.warn(`${formatCount(count - shown)} more of the kind ${kind}`);
      }
    },
  };
}

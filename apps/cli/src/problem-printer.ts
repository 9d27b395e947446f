import type { SourceProblem } from '@referent/knowledge-base';
import type { CommandContext } from './command-context.js';

const shown = 10;

/** Says each bad record as it is met; after ten of one kind it only counts, and says the count at the end. */
export function createProblemPrinter({ logger }: CommandContext) {
  const counts = new Map<string, number>();
  return {
    print({ code, file, line, reason }: SourceProblem): void {
      const count = (counts.get(code) ?? 0) + 1;
      counts.set(code, count);
      if (count <= shown) logger.warn(`${file}${line ? `, line ${line}` : ''}: ${reason}`);
    },
    finish(): void {
      for (const [code, count] of counts) if (count > shown) logger.warn(`${count - shown} more of the kind ${code}`);
    },
  };
}

import { resolve } from 'node:path';
import { buildKnowledgeBase, type ProblemReport } from '@referent/knowledge-base';
import { type BackendChoice, chosenProvider, discardAnyIndex } from '../assemble/index-providers.js';
import { identityOf } from '../assemble/knowledge-base.js';
import { type ModelOptions, openModelWithEngine } from '../assemble/model.js';
import { openSources, type SourceOptions } from '../assemble/sources.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { createProblemPrinter } from '../problem-printer.js';
import { formatAmount, formatDuration } from '../terminal.js';

export interface BuildOptions extends ModelOptions, SourceOptions, BackendChoice {
  readonly out: string;
  readonly backend: string;
  readonly onError: 'skip' | 'stop';
  readonly replace?: boolean;
  readonly json?: boolean;
}

export async function build(context: CommandContext, options: BuildOptions): Promise<number> {
  const started = performance.now();
  const folder = resolve(context.io.cwd, options.out);
  const sources = await openSources(context, options);
  const { backend } = options;
  const index = chosenProvider(options, context.io);
  const model = await openModelWithEngine(context, options);
  const printer = createProblemPrinter(context);
  try {
    const { manifest, problems } = await buildKnowledgeBase({
      folder,
      sources,
      encoder: model.entityEncoder,
      model: identityOf(model),
      index,
      discardIndex: discardAnyIndex(context.io),
      onError: options.onError,
      onProblem: printer.printRecord,
      replace: options.replace,
      logger: context.logger,
      ...context.work,
    });
    context.progress.finish();
    printer.finish();
    const milliseconds = performance.now() - started;
    if (options.json) {
      const summary = {
        folder,
        entities: manifest.counts.entities,
        model: manifest.model.name,
        backend,
        problems,
        seconds: milliseconds / 1000,
      };
      await write(context.io.stdout, `${JSON.stringify(summary)}\n`);
    } else {
      await write(
        context.io.stdout,
        `${options.out}: ${formatAmount(manifest.counts.entities, 'entity', 'entities')} in ${formatDuration(milliseconds)}${skippedNote(problems)}\n`,
      );
    }
    return 0;
  } finally {
    await model.close();
  }
}

export function skippedNote({ errorCount }: ProblemReport): string {
  return errorCount > 0 ? `, ${formatAmount(errorCount, 'bad record', 'bad records')} skipped` : '';
}

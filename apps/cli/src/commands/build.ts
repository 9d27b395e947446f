import { resolve } from 'node:path';
import {
  buildKnowledgeBase,
  type EntityColumns,
  type EntitySource,
  openEntitySource,
  type ProblemReport,
  type WordNetScope,
} from '@referent/knowledge-base';
import { indexProvider, type Quantization } from '../assemble/index-providers.js';
import { identityOf } from '../assemble/knowledge-base.js';
import { type ModelOptions, openModelWithEngine } from '../assemble/model.js';
import { openWordNet } from '../assemble/wordnet.js';
import { type CommandContext, usageError } from '../command-context.js';
import { write } from '../io.js';
import { createProblemPrinter } from '../problem-printer.js';
import { formatCount, formatDuration } from '../terminal.js';

export interface BuildOptions extends ModelOptions {
  readonly entities?: readonly string[];
  readonly from?: 'wordnet';
  readonly scope: WordNetScope;
  readonly out: string;
  readonly backend: string;
  readonly quantization: Quantization;
  readonly onError: 'skip' | 'stop';
  readonly columns?: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

export async function build(context: CommandContext, options: BuildOptions): Promise<number> {
  const started = performance.now();
  const folder = resolve(context.io.cwd, options.out);
  const sources = await openSources(context, options);
  const { backend, quantization } = options;
  if (backend !== 'usearch' && quantization !== 'f32')
    throw usageError(`--quantization ${quantization} needs --backend usearch.`);
  const model = await openModelWithEngine(context, options);
  const printer = createProblemPrinter(context);
  try {
    const { manifest, problems } = await buildKnowledgeBase({
      folder,
      sources,
      encoder: model.entityEncoder,
      model: identityOf(model),
      index: indexProvider(backend, { quantization }),
      onError: options.onError,
      onProblem: printer.print,
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
        `${options.out}: ${formatCount(manifest.counts.entities)} entities in ${formatDuration(milliseconds)}${skippedNote(problems)}\n`,
      );
    }
    return 0;
  } finally {
    await model.close();
  }
}

/** The files of `--entities`, or the source of `--from`. */
export async function openSources(
  { io }: CommandContext,
  {
    entities,
    from,
    scope,
    columns,
  }: Pick<BuildOptions, 'entities' | 'columns'> & Partial<Pick<BuildOptions, 'from' | 'scope'>>,
): Promise<EntitySource[]> {
  if (entities && from) throw usageError('Give --entities or --from, not both.');
  if (from) return [await openWordNet(scope ?? 'named')];
  if (!entities) throw usageError('There are no entities.', 'Give --entities FILE, or --from wordnet.');
  const mapping = columns === undefined ? {} : { columns: parseColumns(columns) };
  return Promise.all(entities.map((file) => openEntitySource(resolve(io.cwd, file), mapping)));
}

export function skippedNote({ errorCount }: ProblemReport): string {
  return errorCount > 0 ? `, ${formatCount(errorCount)} bad records skipped` : '';
}

const fields = ['id', 'title', 'text', 'aliases', 'url', 'world'];

function parseColumns(mapping: string): EntityColumns {
  const pairs = mapping.split(',').map((part) => part.split('=').map((it) => it.trim()));
  for (const [field, column, ...rest] of pairs) {
    if (!field || !column || rest.length > 0) throw usageError(`--columns ${mapping}: each part is field=column.`);
    if (!fields.includes(field))
      throw usageError(`--columns: there is no field '${field}'.`, `The fields are ${fields.join(', ')}.`);
  }
  return Object.fromEntries(pairs) as EntityColumns;
}

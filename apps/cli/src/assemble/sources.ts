import { resolve } from 'node:path';
import {
  type EntityColumns,
  type EntitySource,
  type EntitySourceFormat,
  openEntitySource,
  type WordNetScope,
} from '@referent/knowledge-base';
import { type CommandContext, usageError } from '../command-context.js';
import { openWordNet } from './wordnet.js';

export interface SourceOptions {
  readonly entities?: readonly string[];
  readonly entitiesFormat?: EntitySourceFormat | 'auto';
  readonly columns?: string;
  readonly from?: 'wordnet';
  readonly scope?: WordNetScope;
}

/** The files of `--entities`, or the source of `--from`. */
export async function openSources(
  { io }: Pick<CommandContext, 'io'>,
  { entities, entitiesFormat, columns, from, scope }: SourceOptions,
): Promise<EntitySource[]> {
  if (entities && from) throw usageError('Give --entities or --from, not both.');
  if (scope && !from) throw usageError('--scope belongs to --from wordnet.');
  if (from) return [await openWordNet(scope ?? 'named')];
  if (!entities) throw usageError('There are no entities.', 'Give --entities FILE; build also takes --from wordnet.');
  const options = { format: entitiesFormat, ...(columns !== undefined && { columns: parseColumns(columns) }) };
  return Promise.all(entities.map((file) => openEntitySource(resolve(io.cwd, file), options)));
}

const fields = ['id', 'title', 'text', 'aliases', 'url', 'world'];

/** "id=sku,title=name". */
function parseColumns(mapping: string): EntityColumns {
  const columns = new Map<string, string>();
  for (const part of mapping.split(',')) {
    const [field, column, ...rest] = part.split('=').map((it) => it.trim());
    if (!field || !column || rest.length > 0) throw usageError(`--columns ${mapping}: each part is field=column.`);
    if (!fields.includes(field))
      throw usageError(`--columns: there is no field '${field}'.`, `The fields are ${fields.join(', ')}.`);
    if (columns.has(field)) throw usageError(`--columns: '${field}' is given twice.`);
    columns.set(field, column);
  }
  return Object.fromEntries(columns);
}

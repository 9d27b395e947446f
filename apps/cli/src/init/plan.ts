import type { EntityColumns } from '@referent/knowledge-base';
import type { ColumnProfile } from './column-profile.js';
import type { Field, Proposal } from './propose-columns.js';
import type { PlainRecord, RecordFormat } from './read-records.js';

/** How entities are read from these files: by `build` itself where it can, else after a conversion. */
export interface Plan {
  readonly columns: EntityColumns;
  /** Where `build` cannot read the files as they are: why. */
  readonly conversion: readonly string[];
  /** Of the aliases, where they are one text. */
  readonly aliasSeparator?: string;
}

/** What the readers of @referent/knowledge-base take without being told. */
const readAs: Readonly<Record<Field, readonly string[]>> = {
  id: ['id', 'document_id', 'idx'],
  title: ['title', 'entity'],
  text: ['text', 'description'],
  aliases: ['aliases'],
  url: ['url'],
  world: ['world'],
};

const fields = Object.keys(readAs) as readonly Field[];

export function planReading(proposal: Proposal, formats: readonly RecordFormat[], delimiters: readonly string[]): Plan {
  const columns: Partial<Record<Field, string>> = {};
  for (const field of fields) if (proposal[field]) columns[field] = proposal[field].column.name;
  const { title, aliases } = proposal;
  // A title that names one entity only can be its id.
  if (!columns.id && title && title.column.unique === 1) columns.id = title.column.name;
  const separator = separatorOf(aliases?.column);
  const isTable = formats.some((format) => format !== 'jsonl');
  const conversion = [
    ...(columns.id ? [] : ['no column has an id, and titles repeat: records are numbered']),
    ...delimiters.filter((it) => it !== ',' && it !== '\t').map((it) => `its columns lie between "${it}", not commas`),
    ...(separator !== undefined && separator !== (isTable ? '|' : undefined)
      ? [`its aliases lie between "${separator}"`]
      : []),
    ...Object.values(columns)
      .filter((name) => /[,=]|^\s|\s$/.test(name))
      .map((name) => `--columns cannot name "${name}"`),
  ];
  return { columns, conversion, ...(separator !== undefined && { aliasSeparator: separator }) };
}

function separatorOf(column: ColumnProfile | undefined): string | undefined {
  if (!column || column.lists > 0) return undefined;
  return column.separator ?? '|';
}

/** What `--columns` must say: nothing of what is called as the readers expect. */
export function columnsOption(columns: EntityColumns, all: readonly string[]): string {
  return fields
    .flatMap((field) => {
      const name = columns[field];
      if (name === undefined) return [];
      const read = readAs[field].find((it) => all.includes(it));
      return read === name ? [] : [`${field}=${name}`];
    })
    .join(',');
}

/** A record as an entity of Referent's own JSONL; `number` is its id where it has none. */
export function toEntity(record: PlainRecord, { columns, aliasSeparator }: Plan, number: number): PlainRecord {
  const entity: Record<string, unknown> = {};
  for (const field of fields) {
    const value = columns[field] === undefined ? undefined : record[columns[field]];
    if (value !== undefined && value !== null && value !== '') entity[field] = value;
  }
  if (columns.id === undefined) entity.id = number;
  if (typeof entity.aliases === 'string' && aliasSeparator !== undefined) {
    entity.aliases = entity.aliases.split(aliasSeparator).map((alias) => alias.trim());
  }
  return entity;
}

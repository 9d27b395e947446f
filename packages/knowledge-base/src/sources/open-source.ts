import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assertKnownOptions } from '@referent/core';
import { knowledgeBaseError } from '../errors.js';
import { readUnpackedHead, unreadable } from './bytes.js';
import { type DelimitedOptions, parseDelimited } from './delimited.js';
import { createFileSource, stem } from './file-source.js';
import { parseJsonLines } from './json-lines.js';
import type { EntitySource } from './source.js';
import { parseWordNet } from './wordnet.js';
import type { WordNetScope } from './wordnet-synset.js';

/** `zeshel`: as `jsonl`, and the file's name is the world. */
export type EntitySourceFormat = 'jsonl' | 'csv' | 'tsv' | 'zeshel' | 'wordnet';

export interface OpenEntitySourceOptions extends DelimitedOptions {
  /** @default 'auto': by the file's name and its first bytes */
  readonly format?: EntitySourceFormat | 'auto' | undefined;
  /** Of WordNet: its named entities, or all its nouns. @default 'named' */
  readonly scope?: WordNetScope | undefined;
}

/**
 * Opens a file or folder of entities, gzipped or not: JSONL (ours or BLINK's entity.jsonl), CSV, TSV, Zeshel's
 * documents, WordNet's dict folder.
 * @throws `KB_SOURCE_NOT_FOUND`, `KB_SOURCE_FORMAT`; while reading also `KB_SOURCE_BROKEN`
 */
export async function openEntitySource(
  path: string,
  {
    format: wanted = 'auto',
    scope = 'named',
    columns,
    header,
    aliasSeparator,
    ...unknown
  }: OpenEntitySourceOptions = {},
): Promise<EntitySource> {
  assertKnownOptions('openEntitySource', unknown, ['format', 'scope', 'columns', 'header', 'aliasSeparator']);
  if (columns) assertKnownOptions('columns', columns, ['id', 'title', 'text', 'aliases', 'url', 'world']);
  const format = wanted === 'auto' ? await detect(path) : wanted;
  const name = path;
  switch (format) {
    case 'jsonl':
      return createFileSource({
        name,
        format,
        files: [{ path }],
        parse: parseJsonLines(columns),
        ...(columns && { settings: { columns } }),
      });
    case 'csv':
    case 'tsv': {
      const settings = { columns, header, aliasSeparator };
      const parse = parseDelimited(format === 'csv' ? ',' : '\t', settings);
      return createFileSource({ name, format, files: [{ path }], parse, settings });
    }
    case 'zeshel': {
      const paths = (await isFolder(path)) ? await documentsIn(path) : [path];
      const files = paths.map((file) => ({ path: file, world: stem(file) }));
      return createFileSource({ name, format, files, parse: parseJsonLines() });
    }
    case 'wordnet': {
      const files = [{ path: (await isFolder(path)) ? join(path, 'data.noun') : path }];
      return createFileSource({ name, format, files, parse: parseWordNet(scope), settings: { scope } });
    }
  }
}

async function detect(path: string): Promise<EntitySourceFormat> {
  if (await isFolder(path)) {
    const names = await readdir(path);
    if (names.includes('data.noun')) return 'wordnet';
    if (names.some(isDocumentName)) return 'zeshel';
    throw unknownFormat(path, 'The folder holds neither *.json documents (Zeshel) nor data.noun (WordNet).');
  }
  if (/\.csv(\.gz)?$/i.test(path)) return 'csv';
  if (/\.tsv(\.gz)?$/i.test(path)) return 'tsv';
  if (/(^|[/\\])data\.noun$/.test(path)) return 'wordnet';
  const head = await readUnpackedHead(path, 64 * 1024);
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw unknownFormat(path, 'It is UTF-16; entities are read as UTF-8.');
  }
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text === '') return 'jsonl'; // an empty file holds no entities, in any format
  if (text.startsWith('[')) throw unknownFormat(path, 'It is one JSON list; write one JSON object per line.');
  if (!text.startsWith('{')) throw unknownFormat(path, 'It does not start with a JSON object.');
  return /^\{[^\n]*?"document_id"\s*:/.test(text) ? 'zeshel' : 'jsonl';
}

function unknownFormat(path: string, why: string): Error {
  return knowledgeBaseError('KB_SOURCE_FORMAT', {
    what: `The format of ${path} was not recognised.`,
    why,
    fix: 'Say which it is: jsonl, csv, tsv, zeshel or wordnet.',
    details: { file: path },
  });
}

async function documentsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter(isDocumentName).sort();
  if (names.length === 0) throw unknownFormat(folder, 'The folder holds no *.json documents.');
  return names.map((name) => join(folder, name));
}

const isDocumentName = (name: string) => /\.jsonl?(\.gz)?$/i.test(name);

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

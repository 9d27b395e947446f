import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { readBytes, unreadable } from './bytes.js';
import type { ParsedRecord } from './entity-record.js';
import type { EntitySource, ReadSourceOptions, SourceItem } from './source.js';

/** A record with its place in its file. */
export interface FileRecord extends ParsedRecord {
  readonly line: number;
  /** Records of the file that are finished with this one, whatever became of them. */
  readonly record: number;
}

/** Reads the records of one file, in batches, after the first `skip`. */
export type ParseFile = (
  chunks: AsyncIterable<Buffer>,
  file: SourceFile & { readonly skip: number },
) => AsyncIterable<readonly FileRecord[]>;

export interface SourceFile {
  readonly path: string;
  /** World of the entities that name none. */
  readonly world?: string | undefined;
}

export interface FileSourceOptions {
  readonly name: string;
  readonly format: string;
  readonly files: readonly SourceFile[];
  readonly parse: ParseFile;
  /** What else decides which entities come out. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Entities from files of one format, one after the other. */
export async function createFileSource(options: FileSourceOptions): Promise<EntitySource> {
  const { name, format, parse, settings = {} } = options;
  const files = await Promise.all(options.files.map(withStat));
  const bytes = files.reduce((sum, file) => sum + file.size, 0);

  async function* read({ from = { file: 0, record: 0 }, signal }: ReadSourceOptions = {}): AsyncGenerator<SourceItem> {
    for (let index = from.file; index < files.length; index++) {
      const file = files[index]!;
      const before = files.slice(0, index).reduce((sum, { size }) => sum + size, 0);
      const { chunks, bytesRead } = await readBytes(file.path);
      const skip = index === from.file ? from.record : 0;
      for await (const records of parse(chunks, { ...file, skip })) {
        signal?.throwIfAborted();
        for (const { line, record, entity, problem } of records) {
          yield {
            file: file.path,
            line,
            position: { file: index, record },
            bytes: before + bytesRead(),
            ...(entity && { entity }),
            ...(problem && { problem: { ...problem, file: file.path, line } }),
          };
        }
      }
    }
  }

  const identity = {
    format,
    settings,
    files: files.map(({ path, size, modified }) => ({ path: resolve(path), size, modified })),
  };
  return { name, identity, bytes, read };
}

async function withStat(file: SourceFile) {
  try {
    const { size, mtimeMs } = await stat(file.path);
    return { ...file, size, modified: mtimeMs };
  } catch (error) {
    throw unreadable(file.path, error);
  }
}

/** "lego.json.gz" is "lego". */
export function stem(path: string): string {
  return basename(path).replace(/(\.(jsonl?|ndjson|csv|tsv|txt))?(\.gz)?$/i, '');
}

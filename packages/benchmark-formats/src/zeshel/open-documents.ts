import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isReferentError, ReferentError } from '@referent/core';
import { isObject } from '../fields.js';
import type { ZeshelDocument, ZeshelDocuments } from './documents.js';

export interface OpenZeshelDocuments extends ZeshelDocuments {
  close(): Promise<void>;
}

/** Where the lines of a world's file are: 8 bytes a document, and its id. */
interface World {
  readonly path: string;
  readonly file: FileHandle;
  /** Where each line starts, and the end of the last. */
  readonly offsets: readonly number[];
  readonly rows: ReadonlyMap<string, number>;
}

const chunkBytes = 1024 * 1024;
const newline = 10;

/**
 * Opens the folder `documents` of the Zeshel distribution: one file `<world>.json` per world, one document per line.
 * A world is read through once, when it is first asked for; texts stay on the disk.
 */
export function openZeshelDocuments(folder: string): OpenZeshelDocuments {
  const worlds = new Map<string, Promise<World>>();

  function worldOf(name: string): Promise<World> {
    const known = worlds.get(name);
    if (known) return known;
    const world = openWorld(folder, name);
    worlds.set(name, world);
    // A failed read must not be remembered as the answer.
    world.catch(() => worlds.delete(name));
    return world;
  }

  return {
    name: folder,
    rowOf: async (world, id) => (await worldOf(world)).rows.get(id),
    async read(name, row) {
      const { path, file, offsets } = await worldOf(name);
      const [start, end] = [offsets[row], offsets[row + 1]];
      if (start === undefined || end === undefined) return undefined;
      const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      return parseDocument(buffer, path, row);
    },
    async close() {
      const opened = await Promise.allSettled(worlds.values());
      worlds.clear();
      for (const world of opened) if (world.status === 'fulfilled') await world.value.file.close();
    },
  };
}

async function openWorld(folder: string, name: string): Promise<World> {
  // A world is a file name: a line of mentions must not lead out of the folder.
  if (!/^[\w-][\w.-]*$/.test(name)) throw noWorld(folder, name, 'That is no name of a world.');
  const path = join(folder, `${name}.json`);
  const file = await openFile(folder, name, path);
  try {
    const offsets = [0];
    const rows = new Map<string, number>();
    for await (const { line, end } of linesOf(file)) {
      const { id } = parseDocument(line, path, offsets.length - 1);
      rows.set(id, offsets.length - 1);
      offsets.push(end);
    }
    return { path, file, offsets, rows };
  } catch (error) {
    await file.close();
    if (isReferentError(error)) throw error;
    throw noWorld(folder, name, `${(error as Error).message}.`, error);
  }
}

async function openFile(folder: string, name: string, path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw noWorld(folder, name, isMissing ? `There is no file ${path}.` : `${message}.`, error);
  }
}

async function* linesOf(file: FileHandle): AsyncGenerator<{ line: Buffer; end: number }> {
  let open: Buffer[] = [];
  let position = 0;
  for (let at = 0; ; ) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    const chunk = buffer.subarray(0, bytesRead);
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = Buffer.concat([...open, chunk.subarray(start, end + 1)]);
      open = [];
      start = end + 1;
      position += line.length;
      yield { line, end: position };
    }
    if (start < chunk.length) open.push(chunk.subarray(start));
  }
  if (open.length === 0) return;
  const line = Buffer.concat(open);
  yield { line, end: position + line.length };
}

function parseDocument(line: Buffer, path: string, row: number): ZeshelDocument {
  const invalid = (why: string, cause?: unknown) =>
    new ReferentError('ZESHEL_INVALID_DOCUMENT', {
      what: `${path}, line ${row + 1}: ${why}.`,
      fix: 'Each line is {"document_id", "title", "text"}. Fetch or unpack the documents again.',
      details: { file: path, line: row + 1 },
      cause,
    });
  let document: unknown;
  try {
    document = JSON.parse(line.toString('utf8'));
  } catch (error) {
    throw invalid(`not JSON: ${(error as Error).message.slice(0, 160)}`, error);
  }
  if (!isObject(document)) throw invalid('a JSON object is needed');
  const { document_id: id, title, text } = document;
  if (typeof id !== 'string' || typeof title !== 'string' || typeof text !== 'string') {
    throw invalid('"document_id", "title" and "text" must be strings');
  }
  return { id, title, text };
}

function noWorld(folder: string, world: string, why: string, cause?: unknown): ReferentError {
  return new ReferentError('ZESHEL_NO_WORLD', {
    what: `The world ${JSON.stringify(world)} has no documents in ${folder}.`,
    why,
    fix: 'Give the folder "documents" of the Zeshel distribution, which has one file per world.',
    details: { folder, world },
    cause,
  });
}

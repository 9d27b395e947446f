import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { indexFileErrors } from '@referent/core';
import type { Quantization } from './options.js';

/** `segments.json`: which files make up the index, and which of their keys are forgotten. */
export interface SegmentList {
  readonly format: number;
  readonly dimensions: number;
  readonly quantization: Quantization;
  readonly segments: readonly SegmentEntry[];
}

export interface SegmentEntry {
  readonly file: string;
  /** Keys that the file holds and the index does not. */
  readonly removed: readonly number[];
}

const format = 1;
const listFile = 'segments.json';

/** The list of the folder, or an empty one. */
export async function readSegments(
  folder: string,
  wanted: Pick<SegmentList, 'dimensions' | 'quantization'>,
): Promise<SegmentList> {
  const path = join(folder, listFile);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw indexFileErrors.unreadable(path, cause);
  });
  if (text === undefined) return { ...wanted, format, segments: [] };
  const list = parse(path, text);
  if (list.format > format) throw indexFileErrors.newer(path, list.format, format);
  if (!Array.isArray(list.segments)) throw indexFileErrors.corrupt(path, 'It names no segments.');
  for (const setting of ['dimensions', 'quantization'] as const) {
    if (list[setting] !== wanted[setting]) {
      throw indexFileErrors.mismatch(path, setting, wanted[setting], list[setting]);
    }
  }
  return list;
}

function parse(path: string, text: string): SegmentList {
  try {
    const list: unknown = JSON.parse(text);
    if (typeof list === 'object' && list !== null && 'format' in list) return list as SegmentList;
  } catch {
    // It is said below.
  }
  throw indexFileErrors.corrupt(path, 'It is not the list of segments that index-usearch writes.');
}

/** Puts the new list in the place of the old one, then removes the files that it does not name. */
export async function writeSegments(folder: string, list: Omit<SegmentList, 'format'>): Promise<void> {
  const path = join(folder, listFile);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(`${JSON.stringify({ format, ...list })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw indexFileErrors.saveFailed(path, cause);
  }
  const named = new Set(list.segments.map(({ file }) => file));
  for (const name of await readdir(folder)) {
    const isOurs = /^segment-\d+\.usearch(\..*\.tmp)?$|^segments\.json\..*\.tmp$/.test(name);
    if (isOurs && !named.has(name)) await rm(join(folder, name), { force: true });
  }
}

/** A name that no segment of the list has. */
export function nextSegmentFile(segments: readonly SegmentEntry[]): string {
  const numbers = segments.map(({ file }) => Number(/\d+/.exec(file)?.[0] ?? 0));
  return `segment-${Math.max(0, ...numbers) + 1}.usearch`;
}

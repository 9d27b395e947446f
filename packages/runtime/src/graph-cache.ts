import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isReferentError, type Logger, silentLogger, type WorkOptions } from '@referent/core';
import type { SavedModelBytes } from '@referent/tensor-ops';
import { explainFileError, isMissingFile } from './file-errors.js';
import { hashText } from './hash.js';

export interface GraphCacheOptions {
  readonly folder: string;
  /** Above it, the graphs that were used longest ago are deleted. @default 8e9 */
  readonly limitBytes?: number | undefined;
  readonly logger?: Logger | undefined;
}

export interface GraphRequest extends WorkOptions {
  /** Equal for equal graphs. */
  readonly fingerprint: string;
  /** Shown in the progress. */
  readonly name: string;
  /** Makes the graph; the files of its weights are in `folder`, named by `weightFile`. */
  readonly emit: (weightFile: (number: number) => string) => SavedModelBytes;
}

export interface CachedGraph {
  /** Holds saved_model.pb. */
  readonly folder: string;
  /** Deletes a graph that turned out to be unusable, or that could be kept only in a temporary folder. */
  discard(): Promise<void>;
  /** It lies in a temporary folder: `discard` it after use. */
  readonly temporary: boolean;
}

export interface GraphCache {
  open(request: GraphRequest): Promise<CachedGraph>;
}

/** Written last: the files of a graph and their sizes. Its time of change is the time of the graph's last use. */
const markerFile = 'graph.json';

/** Used so recently, a graph may be about to be loaded by another process. */
const graceMilliseconds = 60_000;

/** Emitted graphs on disk, by the hash of what they were made from. */
export function createGraphCache({ folder, limitBytes = 8e9, logger = silentLogger }: GraphCacheOptions): GraphCache {
  const cached = (path: string): CachedGraph => ({
    folder: path,
    temporary: false,
    discard: () => rm(path, { recursive: true, force: true }),
  });
  return {
    async open(request) {
      // A graph names its weight files by their full paths, so the place belongs to the key.
      const path = join(folder, hashText(`${folder}\n${request.fingerprint}`));
      if (await isWhole(path)) {
        await touch(path);
        return cached(path);
      }
      try {
        await mkdir(folder, { recursive: true });
        await writeGraph(path, await mkdtemp(join(folder, '.new-')), request);
        await evict(folder, limitBytes, path, logger);
        return cached(path);
      } catch (error) {
        const explained = explainFileError(error, folder);
        if (!isReferentError(explained, 'CACHE_NOT_WRITABLE')) throw explained;
        const temporary = await mkdtemp(join(tmpdir(), 'referent-graph-'));
        logger.warn(`${explained.what} The graph is kept in ${temporary} for now and will be made anew next time.`);
        await writeGraph(join(temporary, 'graph'), await mkdtemp(join(temporary, '.new-')), request);
        return { ...cached(temporary), folder: join(temporary, 'graph'), temporary: true };
      }
    },
  };
}

/** Writes into `work`, which then becomes `path`: a reader sees all of it or nothing. */
async function writeGraph(path: string, work: string, request: GraphRequest): Promise<void> {
  const { name, signal, onProgress } = request;
  try {
    const graph = request.emit((number) => join(path, `weight-${number}.bin`));
    const total = graph.files.reduce((sum, file) => sum + file.byteLength, graph.byteLength);
    let done = 0;
    const sizes: Record<string, number> = {};
    const write = async (file: string, pieces: Iterable<Uint8Array>) => {
      const handle = await open(join(work, file), 'w');
      try {
        let bytes = 0;
        for (const piece of pieces) {
          signal?.throwIfAborted();
          await handle.writeFile(piece);
          bytes += piece.byteLength;
          done += piece.byteLength;
          onProgress?.({ step: `prepare ${name}`, done, total, unit: 'bytes' });
        }
        await handle.sync();
        sizes[file] = bytes;
      } finally {
        await handle.close();
      }
    };
    for (const [number, file] of graph.files.entries()) await write(`weight-${number}.bin`, [file.bytes()]);
    await write('saved_model.pb', graph);
    await writeFile(join(work, markerFile), JSON.stringify({ name, sizes }));
    await replaceFolder(work, path);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
}

async function replaceFolder(from: string, to: string): Promise<void> {
  if (await isWhole(to)) return rm(from, { recursive: true, force: true }); // another process was faster
  await rm(to, { recursive: true, force: true });
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await isWhole(to))) throw error;
    await rm(from, { recursive: true, force: true });
  }
}

async function readSizes(path: string): Promise<Record<string, number> | undefined> {
  try {
    const marker = JSON.parse(await readFile(join(path, markerFile), 'utf8')) as { sizes?: Record<string, number> };
    return marker.sizes;
  } catch (error) {
    if (isMissingFile(error) || error instanceof SyntaxError) return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function isWhole(path: string): Promise<boolean> {
  const sizes = await readSizes(path);
  if (sizes === undefined) return false;
  const checks = Object.entries(sizes).map(async ([file, size]) => {
    const found = await stat(join(path, file)).catch(() => undefined);
    return found?.size === size;
  });
  return !(await Promise.all(checks)).includes(false);
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(join(path, markerFile), now, now).catch(() => undefined); // a cache that may only be read works too
}

async function evict(folder: string, limitBytes: number, keep: string, logger: Logger): Promise<void> {
  const graphs = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      const sizes = name.startsWith('.') ? undefined : await readSizes(path);
      const used = await stat(sizes ? join(path, markerFile) : path).catch(() => undefined);
      const bytes = Object.values(sizes ?? {}).reduce((sum, size) => sum + size, 0);
      return { path, bytes, used: used?.mtimeMs ?? Date.now(), whole: sizes !== undefined };
    }),
  );
  let total = graphs.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const graph of graphs.sort((a, b) => a.used - b.used)) {
    const age = Date.now() - graph.used;
    const leftover = !graph.whole && age > 86_400_000; // of a process that was killed
    const surplus = graph.whole && total > limitBytes && age > graceMilliseconds;
    if (graph.path === keep || !(leftover || surplus)) continue;
    logger.debug(`Deleting the graph ${graph.path}, last used ${new Date(graph.used).toISOString()}.`);
    await rm(graph.path, { recursive: true, force: true });
    total -= graph.bytes;
  }
}

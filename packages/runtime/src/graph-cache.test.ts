import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { SavedModelBytes } from '@referent/tensor-ops';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.js';
import { createGraphCache, type GraphRequest } from './graph-cache.js';

/** A graph of two pieces and one weight; `emit` counts how often it is made. */
function request(fingerprint: string, weightBytes = 10) {
  const emit = vi.fn((weightFile: (number: number) => string): SavedModelBytes => {
    const pieces = [Buffer.from('graph '), Buffer.from(weightFile(0))];
    return {
      byteLength: pieces.reduce((sum, piece) => sum + piece.length, 0),
      files: [{ path: weightFile(0), byteLength: weightBytes, bytes: () => new Uint8Array(weightBytes).fill(7) }],
      [Symbol.iterator]: () => pieces[Symbol.iterator](),
    };
  });
  return { fingerprint, name: 'test', emit } satisfies GraphRequest;
}

describe('createGraphCache', () => {
  it('writes a graph once, with its weights where it looks for them', async () => {
    const folder = temporaryFolder();
    const wanted = request('a');
    const done: number[] = [];
    const graph = await createGraphCache({ folder }).open({
      ...wanted,
      onProgress: (progress) => done.push(progress.done),
    });
    expect(readFileSync(join(graph.folder, 'saved_model.pb'), 'utf8')).toBe(
      `graph ${join(graph.folder, 'weight-0.bin')}`,
    );
    expect([...readFileSync(join(graph.folder, 'weight-0.bin'))]).toEqual(Array(10).fill(7));
    expect(done.length).toBe(3);
    const again = await createGraphCache({ folder }).open(wanted);
    expect(again.folder).toBe(graph.folder);
    expect(wanted.emit).toHaveBeenCalledTimes(1);
    expect((await createGraphCache({ folder }).open(request('b'))).folder).not.toBe(graph.folder);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it.each([
    ['a truncated file', (graph: string) => truncateSync(join(graph, 'weight-0.bin'), 3)],
    ['a missing file', (graph: string) => rmSync(join(graph, 'saved_model.pb'))],
    ['a missing marker', (graph: string) => rmSync(join(graph, 'graph.json'))],
    ['a damaged marker', (graph: string) => writeFileSync(join(graph, 'graph.json'), '{')],
  ])('makes a graph anew that has %s', async (_, damage) => {
    const folder = temporaryFolder();
    const wanted = request('a');
    const cache = createGraphCache({ folder });
    const { folder: graph } = await cache.open(wanted);
    damage(graph);
    expect((await cache.open(wanted)).folder).toBe(graph);
    expect(wanted.emit).toHaveBeenCalledTimes(2);
    expect(readFileSync(join(graph, 'weight-0.bin'))).toHaveLength(10);
  });

  it('leaves nothing behind when it is stopped or fails', async () => {
    const folder = temporaryFolder();
    const emit = () => {
      throw new Error('cannot be emitted');
    };
    const failing = createGraphCache({ folder }).open({ ...request('a'), emit });
    await expect(failing).rejects.toThrow('cannot be emitted');
    const stop = new AbortController();
    const stopping = createGraphCache({ folder }).open({
      ...request('a'),
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(stopping).rejects.toThrow('enough');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('deletes the graphs that were used longest ago, never one just used', async () => {
    const folder = temporaryFolder();
    const cache = createGraphCache({ folder, limitBytes: 2500 });
    const use = async (name: string, minutesAgo: number) => {
      const { folder: graph } = await cache.open(request(name, 1000));
      const time = new Date(Date.now() - minutesAgo * 60_000);
      utimesSync(join(graph, 'graph.json'), time, time);
      return graph;
    };
    const old = await use('old', 30);
    const older = await use('older', 20);
    await cache.open(request('old', 1000)); // its use counts, not its age
    const fresh = await use('fresh', 0);
    expect(readdirSync(folder).sort()).toEqual([old, fresh].map((path) => path.slice(folder.length + 1)).sort());
    expect(readdirSync(folder)).not.toContain(older.slice(folder.length + 1));
    await use('another', 0);
    expect(readdirSync(folder)).toHaveLength(3); // above the limit, but all in use now
  });

  it('clears away what a killed process left, after a day', async () => {
    const folder = temporaryFolder();
    for (const name of ['.new-old', '.new-fresh']) mkdirSync(join(folder, name));
    utimesSync(join(folder, '.new-old'), new Date(0), new Date(0));
    await createGraphCache({ folder }).open(request('a'));
    expect(readdirSync(folder)).toContain('.new-fresh');
    expect(readdirSync(folder)).not.toContain('.new-old');
  });

  it('keeps a graph in a temporary folder where the cache cannot be written', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const warn = vi.fn();
    const cache = createGraphCache({ folder: join(file, 'graphs'), logger: { debug() {}, info() {}, warn } });
    const graph = await cache.open(request('a'));
    expect(graph.temporary).toBe(true);
    expect(readFileSync(join(graph.folder, 'saved_model.pb'), 'utf8')).toContain(join(graph.folder, 'weight-0.bin'));
    expect(warn).toHaveBeenCalledTimes(1);
    await graph.discard();
    expect(existsSync(dirname(graph.folder))).toBe(false);
  });

  it('lets two write the same graph at once', async () => {
    const folder = temporaryFolder();
    const graphs = await Promise.all([1, 2].map(() => createGraphCache({ folder }).open(request('a', 100_000))));
    expect(new Set(graphs.map((graph) => graph.folder)).size).toBe(1);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

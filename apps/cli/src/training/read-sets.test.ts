import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createContext } from '../command-context.js';
import { readSets } from './read-sets.js';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'referent-sets-'));
  const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const entities = ['slope', 'firm', 'bench', 'row'].map((id) => ({ id, title: 'bank', text: id }));
  await writeFile(join(cwd, 'entities.jsonl'), lines(entities));
  const mention = { context_left: 'by the ', mention: 'bank', context_right: ' we sat', label_id: 'slope' };
  await writeFile(join(cwd, 'senses.jsonl'), lines([{ id: 'a', ...mention, candidates: ['firm', 'slope'] }]));
  await writeFile(join(cwd, 'plain.jsonl'), lines([{ id: 'a', ...mention }]));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const read = (file: string, { hardNegatives, namesakes }: { hardNegatives?: number; namesakes?: number } = {}) => {
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const io = { stdin: Readable.from([]), stdout: output, stderr: output, env: {}, cwd, signal: AbortSignal.any([]) };
  const settings = {
    entities: ['entities.jsonl'],
    mentions: [file],
    mine: true,
    ...(hardNegatives !== undefined && { hardNegatives }),
  };
  return readSets(createContext(io, { quiet: true }), [settings], namesakes);
};

describe('readSets', () => {
  it("makes a mention's candidates its hard negatives, without the right ones", async () => {
    const [set] = await read('senses.jsonl');
    expect(set!.examples[0]!.hardNegatives).toEqual(['firm']);
    const [plain] = await read('plain.jsonl');
    expect(plain!.examples[0]).not.toHaveProperty('hardNegatives');
  });

  it('fills up with namesakes, candidates first', async () => {
    const [set] = await read('senses.jsonl', { namesakes: 2 });
    const hard = set!.examples[0]!.hardNegatives!;
    expect(hard[0]).toBe('firm');
    expect(['bench', 'row']).toContain(hard[1]);
    expect(hard).toHaveLength(2);
  });

  it('hands on how many hard negatives a set wants', async () => {
    expect((await read('plain.jsonl', { hardNegatives: 7 }))[0]!.hardNegatives).toBe(7);
    expect((await read('plain.jsonl'))[0]).not.toHaveProperty('hardNegatives');
  });
});

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Entity } from '@referent/core';
import { seededRandom } from '@referent/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeKnowledgeBase, openKnowledgeBase } from '../src/index.js';
import { createFileIndexProvider, fakeVector } from './fakes.js';
import { temporaryFolder } from './folders.js';
import type { KilledWork } from './killed-work.js';
import { bundleProgram, type Limits, runWork } from './run-killed.js';

const folder = temporaryFolder();
const here = dirname(fileURLToPath(import.meta.url));
let program: string;
const random = seededRandom(11);

const entityOf = (i: number): Entity => ({
  id: `e${i}`,
  title: `Name ${i % 97}`,
  text: `Text of ${i}.`,
  aliases: [`Other ${i}`],
  world: `w${i % 3}`,
});
const files = { base: join(folder, 'base.jsonl'), more: join(folder, 'more.jsonl') };

beforeAll(async () => {
  const lines = (entities: readonly Entity[]) => entities.map((entity) => JSON.stringify(entity)).join('\n');
  const all = Array.from({ length: 400 }, (_, i) => entityOf(i));
  writeFileSync(files.base, lines(all.slice(0, 300)));
  // A hundred new ones, twenty that replace, ten that are there already as they are.
  const changed = all.slice(50, 70).map((entity) => ({ ...entity, title: `${entity.title} renamed` }));
  writeFileSync(files.more, lines([...all.slice(300), ...changed, ...all.slice(0, 10)]));
  program = await bundleProgram(join(here, 'killed-process.ts'), folder);
});

/** Runs the work once; its outcome is `done`, the code of an error, or undefined if it was killed. */
const run = async (work: Omit<KilledWork, 'done'>, limits?: Limits) => (await runWork(program, work, limits)).outcome;

/** Everything that a reader can see, and the files that must be equal byte for byte. */
async function snapshot(kb: string) {
  const { manifest, counts, pending, warnings } = await describeKnowledgeBase(kb);
  const { store, index, names, vectors, close } = await openKnowledgeBase({
    folder: kb,
    openIndex: createFileIndexProvider().open,
  });
  const keys = Array.from({ length: 600 }, (_, i) => i + 1);
  const entities = await store.get(keys);
  const held = keys.filter((_, i) => entities[i]);
  const query = { data: Float32Array.from(fakeVector(entityOf(7))), count: 1 };
  const result = {
    counts,
    pending,
    warnings,
    entities,
    hits: await index.search(query, 1000),
    vectors: (await vectors.read(Uint32Array.from(held))).data,
    names: await Promise.all(['Name 7', 'Other 310', 'renamed'].map((name) => names.lookup(name, { limit: 100 }))),
    file: readFileSync(join(kb, manifest.vectors.file)),
  };
  await close();
  return result;
}

describe('a process that is killed', () => {
  it('while it builds, at every kind of step and at any moment, loses nothing', async () => {
    const whole = join(folder, 'whole');
    const patched = join(folder, 'patched');
    const work = { kind: 'build' as const, entities: files.base, stepsToLive: 0, encoderPause: 0 };
    expect(await run({ ...work, folder: whole })).toBe('done');

    let kills = 0;
    for (let moment = 0; moment < 3; moment++) {
      if (await run({ ...work, folder: patched, encoderPause: 30 }, { killAfter: 120 + random() * 200 })) break;
      kills++;
      await expect(describeKnowledgeBase(patched)).rejects.toMatchObject({
        code: expect.stringMatching(/KB_INCOMPLETE|KB_NOT_A_KNOWLEDGE_BASE/),
      });
    }
    for (;;) {
      const stepsToLive = 1 + Math.floor(random() * 12);
      if (await run({ ...work, folder: patched, stepsToLive })) break;
      kills++;
      expect(kills).toBeLessThan(100);
    }
    expect(kills).toBeGreaterThan(3);
    expect(await snapshot(patched)).toEqual(await snapshot(whole));
  });

  it('while it adds, leaves what was there, and the next call completes it', async () => {
    const base = join(folder, 'base');
    const whole = join(folder, 'added');
    const patched = join(folder, 'patched-add');
    const build = { kind: 'build' as const, entities: files.base, stepsToLive: 0, encoderPause: 0, folder: base };
    expect(await run(build)).toBe('done');
    cpSync(base, whole, { recursive: true });
    cpSync(base, patched, { recursive: true });
    const work = { ...build, kind: 'add' as const, entities: files.more };
    expect(await run({ ...work, folder: whole })).toBe('done');

    let kills = 0;
    for (let stepsToLive = 1; !(await run({ ...work, folder: patched, stepsToLive })); stepsToLive += 2) {
      kills++;
      const { counts, entities, hits, pending } = await snapshot(patched);
      // At any moment: as many hits as entities, and each of them is one.
      expect(hits[0]!.keys).toHaveLength(counts.entities);
      expect([...hits[0]!.keys].every((key) => entities[key - 1])).toBe(true);
      expect(counts.entities === 400 || pending.added > 0 || counts.entities === 300).toBe(true);
    }
    expect(kills).toBeGreaterThan(3);
    const { file: _, ...expected } = await snapshot(whole);
    const { file: __, ...found } = await snapshot(patched);
    expect(found).toEqual(expected);
  });
});

it('a disk that is full again and again is named, and nothing is lost', async () => {
  const whole = join(folder, 'roomy');
  const patched = join(folder, 'cramped');
  const work = { kind: 'build' as const, entities: files.base, stepsToLive: 0, encoderPause: 0 };
  expect(await run({ ...work, folder: whole })).toBe('done');
  const outcomes: (string | undefined)[] = [];
  for (let fileKilobytes = 1; outcomes.at(-1) !== 'done'; fileKilobytes += 30) {
    outcomes.push(await run({ ...work, folder: patched }, { fileKilobytes }));
    expect(outcomes.at(-1)).toMatch(/^(KB_DISK_FULL|KB_IO_FAILED|done)$/);
  }
  expect(outcomes.length).toBeGreaterThan(3);
  expect(await snapshot(patched)).toEqual(await snapshot(whole));
});

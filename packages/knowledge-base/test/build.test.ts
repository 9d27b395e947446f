import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entity, EntityEncoder, EntityText, Progress } from '@referent/core';
import { describe, expect, it } from 'vitest';
import {
  type BuildKnowledgeBaseOptions,
  buildKnowledgeBase,
  createEntitySource,
  describeKnowledgeBase,
  openEntitySource,
  openKnowledgeBase,
} from '../src/index.js';
import { createFakeEncoder, createFileIndexProvider, fakeVector, model } from './fakes.js';
import { temporaryFolder } from './folders.js';

const capitals: Entity[] = [
  {
    id: 'paris',
    title: 'Paris',
    text: 'The capital of France.',
    aliases: ['City of Light'],
    url: 'https://example.org/p',
  },
  { id: 'paris-tx', title: 'Paris (Texas)', text: 'A town in Texas.', world: 'usa' },
  { id: 'troy', title: 'Troy', text: 'An ancient city.' },
];

const sourceOf = (entities: readonly Entity[], name = 'list') => createEntitySource({ name, entities: () => entities });

function callFor(folder: string, changes: Partial<BuildKnowledgeBaseOptions> = {}): BuildKnowledgeBaseOptions {
  return {
    folder,
    sources: [sourceOf(capitals)],
    encoder: createFakeEncoder(),
    model,
    index: createFileIndexProvider(),
    ...changes,
  };
}

const open = (folder: string) => openKnowledgeBase({ folder, openIndex: createFileIndexProvider().open, model });

describe('buildKnowledgeBase', () => {
  it('makes a folder that gives back entities, names, vectors and hits', async () => {
    const folder = join(temporaryFolder(), 'kb');
    const progress: string[] = [];
    const { manifest, problems, isResumed } = await buildKnowledgeBase(
      callFor(folder, { onProgress: ({ step, done, total }) => progress.push(`${step} ${done}/${total}`) }),
    );
    expect(manifest.counts).toEqual({ entities: 3, names: 5, worlds: 1 });
    expect({ ...problems, isResumed }).toMatchObject({ errorCount: 0, warningCount: 0, isResumed: false });
    expect(progress.at(-1)).toBe('index entities 3/3');
    expect(readdirSync(folder).sort()).toEqual([
      'index-1.file',
      'manifest.json',
      'store-1.sqlite',
      'vectors-1.f32',
      'write.lock',
    ]);

    const kb = await open(folder);
    expect(kb.warnings).toEqual([]);
    expect(kb.store.size).toBe(3);
    expect(await kb.store.get([2, 9, 1])).toEqual([capitals[1], undefined, capitals[0]]);
    expect(await kb.store.keysOf(['troy', 'nowhere'])).toEqual([3, undefined]);
    expect(await kb.store.keysOfWorld('usa')).toEqual(Uint32Array.of(2));
    expect(await kb.names.lookup('Paris', { limit: 9 })).toEqual([
      { key: 1, kind: 'title' },
      { key: 2, kind: 'normalized-title' },
    ]);
    const { data } = await kb.vectors.read(Uint32Array.of(3, 1));
    expect(data).toEqual(Float32Array.from([...fakeVector(capitals[2]!), ...fakeVector(capitals[0]!)]));
    const [hits] = await kb.index.search({ data: Float32Array.from(fakeVector(capitals[2]!)), count: 1 }, 1);
    expect([...hits!.keys]).toEqual([3]);
    await kb.close();
    await kb.close();
  });

  it('counts what it leaves out, and goes on', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'e.jsonl');
    writeFileSync(
      file,
      ['{"id":1,"title":"A","text":"a"}', '{"id":', '{"id":"1","title":"B","text":"b"}', '{"id":2,"title":"C"}'].join(
        '\n',
      ),
    );
    const met: string[] = [];
    const { problems, manifest } = await buildKnowledgeBase(
      callFor(join(folder, 'kb'), {
        sources: [await openEntitySource(file)],
        onProblem: ({ line, code }) => met.push(`${line} ${code}`),
      }),
    );
    expect(manifest.counts.entities).toBe(2);
    expect(problems).toEqual({
      errors: { 'malformed-line': 1, 'duplicate-id': 1 },
      warnings: { 'missing-text': 1 },
      errorCount: 2,
      warningCount: 1,
    });
    expect(met).toEqual(['2 malformed-line', '4 missing-text', '3 duplicate-id']);
  });

  it('stops at the first bad record if asked to, and leaves no knowledge base', async () => {
    const folder = temporaryFolder();
    const twice = { sources: [sourceOf([...capitals, capitals[0]!])], onError: 'stop' as const };
    await expect(buildKnowledgeBase(callFor(folder, twice))).rejects.toMatchObject({
      code: 'KB_BAD_ENTITY',
      details: { file: 'list', line: 4, code: 'duplicate-id' },
    });
    await expect(open(folder)).rejects.toMatchObject({ code: 'KB_INCOMPLETE' });
  });

  it('refuses to overwrite unless it may replace, and the old one serves until the end', async () => {
    const folder = temporaryFolder();
    await buildKnowledgeBase(callFor(folder));
    await expect(buildKnowledgeBase(callFor(folder))).rejects.toMatchObject({ code: 'KB_EXISTS' });
    const replaced = callFor(folder, {
      replace: true,
      sources: [sourceOf([capitals[2]!], 'other')],
      encoder: createFakeEncoder(async () => {
        const old = await open(folder);
        expect(old.store.size).toBe(3);
        await old.close();
      }),
    });
    await buildKnowledgeBase(replaced);
    const kb = await open(folder);
    expect(kb.store.size).toBe(1);
    expect(readdirSync(folder)).not.toContain('store-1.sqlite');
    await kb.close();
  });

  it('goes on after an abort with the same call only', async () => {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const stopping = createFakeEncoder((soFar) => {
      if (soFar >= 2) controller.abort(new Error('stop'));
    });
    const first = callFor(folder, { encoder: stopping, encodeBatchSize: 1, signal: controller.signal });
    await expect(buildKnowledgeBase(first)).rejects.toThrow('stop');
    expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
    const other = callFor(folder, { sources: [sourceOf(capitals, 'another list')] });
    await expect(buildKnowledgeBase(other)).rejects.toMatchObject({ code: 'KB_OTHER_BUILD' });
    const otherModel = callFor(folder, { model: { ...model, hash: 'other' } });
    await expect(buildKnowledgeBase(otherModel)).rejects.toMatchObject({ code: 'KB_OTHER_BUILD' });
    const encoder = createFakeEncoder();
    expect(await buildKnowledgeBase(callFor(folder, { encoder }))).toMatchObject({ isResumed: true });
    expect(encoder.encoded.map(({ title }) => title)).toEqual([]); // the third batch was on disk when the signal was seen
  });

  it('refuses folders and manifests that it does not know', async () => {
    const folder = temporaryFolder();
    await expect(open(folder)).rejects.toMatchObject({ code: 'KB_NOT_A_KNOWLEDGE_BASE' });
    await expect(open(join(folder, 'none'))).rejects.toMatchObject({ code: 'KB_NOT_A_KNOWLEDGE_BASE' });
    const home = temporaryFolder();
    writeFileSync(join(home, 'thesis.txt'), 'mine');
    await expect(buildKnowledgeBase(callFor(home))).rejects.toMatchObject({ code: 'KB_NOT_A_KNOWLEDGE_BASE' });

    await buildKnowledgeBase(callFor(folder));
    const wrong = { folder, openIndex: createFileIndexProvider().open, model: { ...model, hash: 'x' } };
    await expect(openKnowledgeBase(wrong)).rejects.toMatchObject({ code: 'KB_WRONG_MODEL' });
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...manifest, format: 3 }));
    await expect(open(folder)).rejects.toMatchObject({ code: 'KB_NEWER_FORMAT' });
    writeFileSync(path, JSON.stringify({ ...manifest, format: 1 }));
    await expect(open(folder)).rejects.toMatchObject({ code: 'KB_OLDER_FORMAT' });
    writeFileSync(path, '{"format": 2, "mod');
    await expect(open(folder)).rejects.toMatchObject({ code: 'KB_CORRUPT' });
    writeFileSync(path, '{"format": 2}');
    await expect(open(folder)).rejects.toMatchObject({ code: 'KB_CORRUPT' });
    await expect(buildKnowledgeBase(callFor(folder))).rejects.toMatchObject({ code: 'KB_CORRUPT' });
    await buildKnowledgeBase(callFor(folder, { replace: true }));
    writeFileSync(path, JSON.stringify({ ...manifest, format: 1 }));
    await buildKnowledgeBase(callFor(folder, { replace: true }));
    await (await open(folder)).close();
  });

  it('shows how far the encoder has come within a batch, and remembers where an app found the model', async () => {
    const fake = createFakeEncoder();
    const encoder: EntityEncoder = {
      ...fake,
      encodeEntities(entities, options) {
        options?.onProgress?.({ step: 'inside', done: 1, total: 3, unit: 'entities' });
        return fake.encodeEntities(entities);
      },
    };
    const folder = join(temporaryFolder(), 'kb');
    const progress: string[] = [];
    const onProgress = ({ step, done, total }: Progress) => progress.push(`${step} ${done}/${total}`);
    await buildKnowledgeBase(callFor(folder, { encoder, onProgress, model: { ...model, location: '/models/fake' } }));
    expect(progress.slice(1, 3)).toEqual(['encode entities 1/3', 'encode entities 3/3']);
    const { manifest } = await describeKnowledgeBase(folder);
    expect(manifest.model.location).toBe('/models/fake');
    await (await open(folder)).close(); // `model` says nothing of where it is
  });

  it('gives the encoder titles, texts and aliases', async () => {
    const fake = createFakeEncoder();
    const seen: EntityText[] = [];
    const encoder: EntityEncoder = {
      ...fake,
      encodeEntities(entities) {
        seen.push(...entities);
        return fake.encodeEntities(entities);
      },
    };
    await buildKnowledgeBase(callFor(temporaryFolder(), { encoder }));
    expect(seen).toEqual(capitals.map(({ title, text, aliases }) => ({ title, text, ...(aliases && { aliases }) })));
  });

  it('refuses an encoder that does not keep its word', async () => {
    const encoder = createFakeEncoder();
    const folder = temporaryFolder();
    const otherLength = { ...encoder, dimensions: 3 };
    await expect(buildKnowledgeBase(callFor(folder, { encoder: otherLength }))).rejects.toMatchObject({
      code: 'KB_BAD_ENCODER',
    });
    const tooFew = { ...encoder, encodeEntities: async () => ({ data: new Float32Array(8), count: 1 }) };
    await expect(buildKnowledgeBase(callFor(folder, { encoder: tooFew }))).rejects.toMatchObject({
      code: 'KB_BAD_ENCODER',
    });
    const nan = { ...encoder, encodeEntities: async () => ({ data: new Float32Array(24).fill(Number.NaN), count: 3 }) };
    await expect(buildKnowledgeBase(callFor(folder, { encoder: nan }))).rejects.toMatchObject({
      code: 'INDEX_INVALID_VECTORS',
    });
    expect(await buildKnowledgeBase(callFor(folder))).toMatchObject({ isResumed: true });
  });

  it('refuses a path that is a file, or goes through one', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'kb')]) {
      await expect(buildKnowledgeBase(callFor(path))).rejects.toMatchObject({ code: 'KB_NOT_WRITABLE' });
    }
  });

  it('keeps a second build out', async () => {
    const folder = temporaryFolder();
    const encoder = createFakeEncoder(() =>
      expect(buildKnowledgeBase(callFor(folder))).rejects.toMatchObject({ code: 'KB_LOCKED' }),
    );
    await buildKnowledgeBase(callFor(folder, { encoder }));
    expect(encoder.encoded).toHaveLength(3);
  });

  it('refuses an index that cannot be saved', async () => {
    const index = createFileIndexProvider();
    const create: typeof index.create = async (...given) => {
      const made = await index.create(...given);
      delete made.save;
      return made;
    };
    const call = buildKnowledgeBase(callFor(temporaryFolder(), { index: { ...index, create } }));
    await expect(call).rejects.toMatchObject({ code: 'KB_WRONG_INDEX' });
  });

  it.each(['index-1.file', 'vectors-1.f32', 'store-1.sqlite'])('notices a truncated %s', async (name) => {
    const folder = temporaryFolder();
    await buildKnowledgeBase(callFor(folder));
    const path = join(folder, name);
    writeFileSync(path, readFileSync(path).subarray(0, -30));
    await expect(open(folder)).rejects.toMatchObject({ code: 'KB_CORRUPT' });
  });

  it('describes itself without opening the index', async () => {
    const folder = temporaryFolder();
    await buildKnowledgeBase(callFor(folder));
    const info = await describeKnowledgeBase(folder);
    expect(info).toMatchObject({ counts: { entities: 3 }, pending: { added: 0, removed: 0 }, warnings: [] });
    expect(info.bytes.vectors).toBe(3 * 8 * 4);
  });

  it('builds an empty knowledge base from an empty file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'e.jsonl'), '');
    const sources = [await openEntitySource(join(folder, 'e.jsonl'))];
    await buildKnowledgeBase(callFor(join(folder, 'kb'), { sources }));
    const kb = await open(join(folder, 'kb'));
    expect(kb.store.size).toBe(0);
    expect(await kb.names.scan(['paris'])).toEqual([]);
    expect(await kb.names.lookup('Paris', { limit: 5 })).toEqual([]);
    await kb.close();
  });
});

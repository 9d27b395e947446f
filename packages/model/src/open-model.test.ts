import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { createEagerEngine } from '@referent/tensor-ops';
import { parseBertConfig, writeSafetensors } from '@referent/transformer';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFetchedFiles, openModel as openFiles } from './index.js';
import { openModel } from './node.js';
import { sentenceEncoderManifest } from './sentence-encoder.js';

const tokenizerFile = new URL('../../tokenizer/test/goldens/tokenizer.json', import.meta.url);
const engine = createEagerEngine({ tf });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referent-model-'));
  await copyFile(tokenizerFile, join(folder, 'tokenizer.json'));
  await writeWeights('.', 1);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => openModel({ folder, engine });
const mention = { contextLeft: 'near ', surface: 'a b', contextRight: ' c' };
const writeManifest = (manifest: object) => writeFile(join(folder, 'referent-model.json'), JSON.stringify(manifest));

describe('a folder in the Hugging Face layout', () => {
  it('becomes a bi-encoder with two views of a mention and no re-ranker', async () => {
    const model = await open();
    const { entityEncoder, mentionEncoders, pairScorer } = model;
    const entities = await entityEncoder.encodeEntities([{ title: 'a', text: 'b c' }]);
    const name = await mentionEncoders.name.encodeMentions([mention]);
    const topic = await mentionEncoders.topic!.encodeMentions([mention]);
    for (const rows of [entities, name, topic]) {
      expect(rows.data).toHaveLength(8);
      expect(Math.hypot(...rows.data), 'vectors are normalized').toBeCloseTo(1, 5);
    }
    expect([...name.data]).not.toEqual([...topic.data]);
    expect(pairScorer).toBeUndefined();
    await model.close();
  });

  it('is called as the caller says, else like its folder', async () => {
    expect((await open()).name).toBe(basename(folder));
    expect((await openModel({ folder, engine, name: 'owner/tiny' })).name).toBe('owner/tiny');
  });

  it('reads the pooling of sentence-transformers', async () => {
    const mean = await (await open()).entityEncoder.encodeEntities([{ title: 'a', text: 'b c' }]);
    await mkdir(join(folder, '1_Pooling'));
    await writeFile(join(folder, '1_Pooling', 'config.json'), JSON.stringify({ pooling_mode_cls_token: true }));
    const cls = await (await open()).entityEncoder.encodeEntities([{ title: 'a', text: 'b c' }]);
    expect([...cls.data]).not.toEqual([...mean.data]);
  });
});

it('is the same model from the web as from its folder', async () => {
  const fetch = async (address: string | URL | Request) => {
    const path = join(folder, new URL(String(address)).pathname);
    return readFile(path).then(
      (bytes) => new Response(bytes),
      () => new Response(null, { status: 404 }),
    );
  };
  await writeManifest({ ...sentenceEncoderManifest('tiny', 'mean'), crossEncoder: undefined });
  const [here, there] = [
    await open(),
    await openFiles({ files: createFetchedFiles({ url: 'http://web/', fetch }), engine }),
  ];
  expect(there.hash).toBe(here.hash);
  const vectors = [here, there].map(({ mentionEncoders }) => mentionEncoders.name.encodeMentions([mention]));
  expect(await vectors[1]).toEqual(await vectors[0]);
  await rm(join(folder, 'config.json'));
  const refused = openFiles({ files: createFetchedFiles({ url: 'http://web/', fetch }), engine });
  await expect(refused).rejects.toMatchObject({ code: 'MODEL_MISSING_FILE', details: { file: 'config.json' } });
});

it('reads entities in another layout where it is asked to, bi-encoder and re-ranker, under another hash', async () => {
  await writeWeights('reranker', 3);
  const crossEncoder = { weights: 'reranker', pooling: 'cls', maximumContextLength: 10, maximumLength: 20 };
  const manifest = sentenceEncoderManifest('tiny', 'mean');
  await writeManifest({ ...manifest, entityEncoder: { ...manifest.entityEncoder, layout: 'blink' }, crossEncoder });
  const [own, other] = [await open(), await openModel({ folder, engine, entityLayout: 'separated' })];
  expect(other.hash).not.toBe(own.hash);
  const entity = { title: '', text: 'b' }; // blink: [CLS] [unused2] b [SEP], separated: [CLS] b [SEP]
  const vectors = await Promise.all([own, other].map(({ entityEncoder }) => entityEncoder.encodeEntities([entity])));
  expect([...vectors[0]!.data]).not.toEqual([...vectors[1]!.data]);
  const scores = await Promise.all([own, other].map(({ pairScorer }) => pairScorer!.scorePairs([{ mention, entity }])));
  expect(scores[0]![0]).not.toBe(scores[1]![0]);
});

describe('the hash', () => {
  it('is the same for the same files, and another for other weights or another layout', async () => {
    const first = (await open()).hash;
    expect((await open()).hash).toBe(first);
    const manifest = sentenceEncoderManifest('tiny', 'mean');
    await writeManifest({ ...manifest, entityEncoder: { ...manifest.entityEncoder, maximumLength: 12 } });
    const shorter = (await open()).hash;
    expect(shorter).not.toBe(first);
    await writeWeights('.', 2);
    expect((await open()).hash).not.toBe(shorter);
  });

  it('does not depend on the re-ranker', async () => {
    const manifest = sentenceEncoderManifest('tiny', 'mean');
    await writeManifest(manifest);
    const { hash } = await open();
    await writeWeights('reranker', 3);
    await writeManifest({
      ...manifest,
      crossEncoder: { weights: 'reranker', pooling: 'cls', maximumContextLength: 10, maximumLength: 20 },
    });
    const model = await open();
    expect(model.hash).toBe(hash);
    const scores = await model.pairScorer!.scorePairs([{ mention, entity: { title: 'a', text: 'b' } }]);
    expect(Number.isFinite(scores[0])).toBe(true);
  });
});

describe('a re-ranker without embeddings', () => {
  it("takes the model folder's own", async () => {
    const manifest = sentenceEncoderManifest('tiny', 'mean');
    const crossEncoder = { weights: 'reranker', pooling: 'cls', maximumContextLength: 10, maximumLength: 20 } as const;
    await writeManifest({ ...manifest, crossEncoder });
    await writeWeights('.', 1);
    const scoresWith = async (wanted?: (path: string) => boolean) => {
      await writeWeights('reranker', 1, wanted);
      const model = await open();
      return model.pairScorer!.scorePairs([{ mention, entity: { title: 'a', text: 'b' } }]);
    };
    const whole = await scoresWith();
    expect(await scoresWith((path) => !path.startsWith('embeddings.'))).toEqual(whole);
    await writeWeights('.', 2);
    expect(await scoresWith((path) => !path.startsWith('embeddings.'))).not.toEqual(whole);
  });
});

describe('a folder that is not whole', () => {
  it.each(['config.json', 'tokenizer.json', 'model.safetensors'])('without %s is refused by its name', async (file) => {
    await rm(join(folder, file));
    await expect(open()).rejects.toMatchObject({ code: 'MODEL_MISSING_FILE', details: { file } });
  });

  it('but a file is refused in words', async () => {
    await expect(openModel({ folder: join(folder, 'config.json'), engine })).rejects.toThrow('a folder is needed');
  });

  it('with a broken configuration says which file', async () => {
    await writeFile(join(folder, 'config.json'), '{');
    await expect(open()).rejects.toMatchObject({ code: 'MODEL_INVALID_JSON' });
  });

  it('with weights that are cut off is refused', async () => {
    const path = join(folder, 'model.safetensors');
    await writeFile(path, (await readFile(path)).subarray(0, 5000));
    await expect(open()).rejects.toMatchObject({
      code: 'WEIGHTS_CORRUPT',
      what: expect.stringContaining(path),
      details: { file: path },
    });
  });

  it.each([
    [{ format: 2 }, 'MODEL_NEWER_FORMAT'],
    [{}, 'MODEL_INVALID_MANIFEST'],
    [{ format: 1 }, 'MODEL_INVALID_MANIFEST'],
    [{ ...sentenceEncoderManifest('x', 'mean'), entityEncoder: {} }, 'MODEL_INVALID_MANIFEST'],
    [{ ...sentenceEncoderManifest('x', 'mean'), linking: {} }, 'MODEL_INVALID_MANIFEST'],
    [{ ...sentenceEncoderManifest('x', 'mean'), crossEncoder: {} }, 'MODEL_INVALID_MANIFEST'],
  ])('with the manifest %j gives %s', async (manifest, code) => {
    await writeManifest(manifest);
    await expect(open()).rejects.toMatchObject({ code });
  });
});

/** A BERT of 8 dimensions and one layer, with seeded weights. */
async function writeWeights(name: string, seed: number, wanted = (_path: string) => true): Promise<void> {
  const tokenizer = JSON.parse(await readFile(tokenizerFile, 'utf8')) as { model: { vocab: Record<string, number> } };
  const json = {
    model_type: 'bert',
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 16,
    vocab_size: Object.keys(tokenizer.model.vocab).length,
    max_position_embeddings: 128,
    type_vocab_size: 2,
  };
  const { hiddenSize: H, intermediateSize: I, vocabularySize, positions, segments } = parseBertConfig(json);
  const layer = 'encoder.layer.0';
  const dense = (path: string, outputs: number, inputs: number) => ({
    [`${path}.weight`]: [outputs, inputs],
    [`${path}.bias`]: [outputs],
  });
  const norm = (path: string) => ({ [`${path}.weight`]: [H], [`${path}.bias`]: [H] });
  const shapes: Record<string, number[]> = {
    'embeddings.word_embeddings.weight': [vocabularySize, H],
    'embeddings.position_embeddings.weight': [positions, H],
    'embeddings.token_type_embeddings.weight': [segments, H],
    ...norm('embeddings.LayerNorm'),
    ...dense(`${layer}.attention.self.query`, H, H),
    ...dense(`${layer}.attention.self.key`, H, H),
    ...dense(`${layer}.attention.self.value`, H, H),
    ...dense(`${layer}.attention.output.dense`, H, H),
    ...norm(`${layer}.attention.output.LayerNorm`),
    ...dense(`${layer}.intermediate.dense`, I, H),
    ...dense(`${layer}.output.dense`, H, I),
    ...norm(`${layer}.output.LayerNorm`),
    ...dense('classifier', 1, H),
  };
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const tensors = Object.entries(shapes).map(([path, shape]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, random);
    return [path, { shape, data }] as const;
  });
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'config.json'), JSON.stringify(json));
  await writeFile(
    join(folder, name, 'model.safetensors'),
    writeSafetensors(Object.fromEntries(tensors.filter(([path]) => wanted(path)))),
  );
}

import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bertShapes, parseBertConfig, readSafetensors, writeSafetensors } from '@referent/transformer';
import { expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';

// The real engine, a BERT of 16 dimensions: from one's own JSONL to a model that `referent link` uses.

const towns = ['Elmford', 'Norwick', 'Tarn', 'Quill', 'Oster'];
const kinds = [
  ['river', 'water fish boat bridge flood'],
  ['mine', 'coal iron shaft dust cart'],
  ['school', 'pupil book lesson teacher desk'],
  ['ship', 'sail mast crew harbour anchor'],
] as const;

it('trains, distils, calibrates, packs and links', async () => {
  const cwd = await temporaryFolder();
  const call = async (...argv: string[]) => {
    const { code, stdout, stderr } = await referent(argv, { cwd });
    expect(code, `${argv.join(' ')}\n${stderr}`).toBe(0);
    return { stdout, stderr };
  };
  await writeData(cwd);
  await writeTinyModel(join(cwd, 'start'));
  const common = {
    sets: [{ entities: 'entities.jsonl', mentions: 'train.jsonl' }],
    dev: [{ entities: 'entities.jsonl', mentions: 'dev.jsonl' }],
    freeze: { embeddings: false },
    mention: { maximumLength: 40 },
    entity: { maximumLength: 40 },
    learningRate: 3e-3,
    dropout: 0,
    checkpointEvery: 10,
    evaluateEvery: 20,
  };
  const write = (name: string, settings: object) => writeFile(join(cwd, name), JSON.stringify(settings));
  await write('bi.json', { ...common, start: 'start', steps: 40, batchSize: 8, hardNegatives: 3 });
  await write('re.json', { ...common, steps: 10, batchSize: 4, candidates: 4, devCandidates: 4, mining: { depth: 4 } });
  await write('distil.json', { ...common, steps: 10, batchSize: 8, distillation: { teacher: 're-ranker' } });

  await call('train', 'bi-encoder', '--config', 'bi.json', '--out', 'bi');
  expect((await readFile(join(cwd, 'bi/training/metrics.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(42);
  expect(await readFile(join(cwd, 'bi/training/curves.svg'), 'utf8')).toContain('<svg');
  // What is finished is not trained again.
  await call('train', 'bi-encoder', '--config', 'bi.json', '--out', 'bi', '--resume');

  await call('train', 'cross-encoder', '--config', 're.json', '--model', 'bi', '--out', 're-ranker');
  await call('distill', '--config', 'distil.json', '--teacher', 're-ranker', '--model', 'bi', '--out', 'student');
  // Trained on from that re-ranker, for what the retriever's scores lack.
  await write('on.json', {
    ...{ ...common, start: 're-ranker', steps: 2, batchSize: 4, candidates: 4, devCandidates: 4, mining: { depth: 4 } },
    firstStage: { temperature: 0.1 },
  });
  await call('train', 'cross-encoder', '--config', 'on.json', '--model', 'bi', '--out', 'both');
  const both = JSON.parse(await readFile(join(cwd, 'both/referent-model.json'), 'utf8')) as object;
  expect(both).toMatchObject({ linking: { rerank: { rerank: 0.1, retrieval: 1 } } });
  const classifier = async (model: string) =>
    readSafetensors(await readFile(join(cwd, model, 'cross-encoder/model.safetensors'))).get('classifier.weight').data;
  const [before, after] = [await classifier('re-ranker'), await classifier('both')];
  expect(Math.max(...after.map((value, i) => Math.abs(value - before[i]!)))).toBeLessThan(0.01);
  expect(after).not.toEqual(before);
  await call('distill', '--config', 'distil.json', '--teacher', 'both', '--model', 'bi', '--out', 'student-of-both');

  await call('build', '--entities', 'entities.jsonl', '--model', 're-ranker', '--out', 'towns.kb');
  const { stdout } = await call(
    'calibrate',
    '--model',
    're-ranker',
    '--sets',
    'towns.kb=dev.jsonl',
    '--nil-share',
    '0.1',
  );
  const linking = JSON.parse(stdout) as { decision: { temperature: number; nilScore: number }; rerank: object };
  expect(linking.decision.temperature).toBeGreaterThan(0);
  expect(linking.rerank).toEqual({ rerank: expect.any(Number), retrieval: expect.any(Number) });
  const manifest = JSON.parse(await readFile(join(cwd, 're-ranker/referent-model.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({ linking });

  await call('pack', '--model', 're-ranker', '--out', 'packed', '--name', 'tiny');
  const size = async (path: string) => (await stat(join(cwd, path, 'model.safetensors'))).size;
  expect(await size('packed')).toBeLessThan((await size('re-ranker')) / 2);
  expect(existsSync(join(cwd, 'packed/cross-encoder/config.json'))).toBe(true);
  await call('build', '--entities', 'entities.jsonl', '--model', 'packed', '--out', 'packed.kb');
  const answer = await call('link', '--kb', 'packed.kb', '--format', 'jsonl', 'The boat went down the [[Tarn]] river.');
  const { mentions } = JSON.parse(answer.stdout) as { mentions: { candidates: { rerank_score?: number }[] }[] };
  expect(mentions[0]!.candidates[0]!.rerank_score).toEqual(expect.any(Number));
}, 120_000);

/** Every name is borne by a river, a mine, a school and a ship. */
async function writeData(folder: string): Promise<void> {
  const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const all = towns.flatMap((name) => kinds.map(([kind, words]) => ({ id: `${name}-${kind}`, name, kind, words })));
  const entities = all.map(({ id, name, kind, words }) => ({ id, title: name, text: `A ${kind}: ${words}` }));
  const mentions = (place: number) =>
    all.map(({ id, name, words }) => ({
      id: `${id}.${place}`,
      context_left: `${words.split(' ')[place]} at `,
      mention: name,
      context_right: ` and the ${words.split(' ')[(place + 1) % 5]}`,
      label_id: id,
    }));
  await writeFile(join(folder, 'entities.jsonl'), lines(entities));
  await writeFile(join(folder, 'train.jsonl'), lines([0, 1, 2].flatMap(mentions)));
  await writeFile(join(folder, 'dev.jsonl'), lines(mentions(3)));
}

async function writeTinyModel(folder: string): Promise<void> {
  const tokenizerFile = new URL('../../../packages/tokenizer/test/goldens/tokenizer.json', import.meta.url);
  const tokenizer = JSON.parse(await readFile(tokenizerFile, 'utf8')) as { model: { vocab: object } };
  const json = {
    model_type: 'bert',
    hidden_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 32,
    vocab_size: Object.keys(tokenizer.model.vocab).length,
    max_position_embeddings: 128,
    type_vocab_size: 2,
  };
  let state = 5;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) / 2;
  };
  const tensors = Array.from(bertShapes(parseBertConfig(json)), ([name, shape]) => {
    const centre = name.endsWith('LayerNorm.weight') ? 1 : 0;
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => centre + random());
    return [name, { shape, data }] as const;
  });
  await mkdir(folder);
  await copyFile(tokenizerFile, join(folder, 'tokenizer.json'));
  await writeFile(join(folder, 'config.json'), JSON.stringify(json));
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors(Object.fromEntries(tensors)));
}

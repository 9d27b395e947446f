#!/usr/bin/env node
/**
 * Averages what a training saved: the model that it began with and any number of its checkpoints, weight by weight.
 *   node benchmarks/training/average.mjs --model models/bi --checkpoints models/bi2/training/best,models/bi2/training/last --out models/averaged
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSafetensors, writeSafetensors } from '../../packages/transformer/dist/index.js';

const { values } = parseArgs({
  options: { model: { type: 'string' }, checkpoints: { type: 'string' }, out: { type: 'string' } },
});
const { model, checkpoints, out } = values;
if (!model || !checkpoints || !out) {
  console.error('Give --model FOLDER --checkpoints FOLDER,FOLDER… --out FOLDER.');
  process.exit(2);
}

/** How a checkpoint names the weights of a tied bi-encoder; its optimiser's state stands beside them. */
const prefix = 'weights/encoder/';
const open = async (file) => readSafetensors(await readFile(file));

const begin = await open(join(model, 'model.safetensors'));
const saved = await Promise.all(checkpoints.split(',').map((folder) => open(join(folder, 'tensors.safetensors'))));

const averaged = {};
for (const name of begin.names) {
  const { shape, data } = begin.get(name);
  // Frozen weights are in no checkpoint: they are those of the beginning.
  const others = saved.filter((it) => it.has(prefix + name)).map((it) => it.get(prefix + name).data);
  averaged[name] = {
    shape,
    data: data.map((value, i) => others.reduce((sum, it) => sum + it[i], value) / (others.length + 1)),
  };
}
await mkdir(out, { recursive: true });
for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'referent-model.json']) {
  await cp(join(model, file), join(out, file));
}
await writeFile(join(out, 'model.safetensors'), writeSafetensors(averaged));
console.log(`${out}: ${begin.names.length} weights of ${saved.length + 1} models`);

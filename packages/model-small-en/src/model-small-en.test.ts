import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { modelName, modelUrl } from './index.js';

const folder = fileURLToPath(modelUrl);

it('is a whole model of its name', () => {
  for (const file of ['referent-model.json', 'tokenizer.json', 'config.json', 'model.safetensors']) {
    expect(existsSync(join(folder, file)), file).toBe(true);
  }
  const manifest = JSON.parse(readFileSync(join(folder, 'referent-model.json'), 'utf8')) as { name: string };
  expect(manifest.name).toBe(modelName);
});

it('stays below 60 MB', () => {
  const files = readdirSync(folder, { recursive: true }) as string[];
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  expect(bytes).toBeLessThan(60e6);
});

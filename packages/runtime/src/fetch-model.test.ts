import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.js';
import { fetchModel, isModelCached, modelFacts } from './fetch-model.js';

const name = 'all-minilm-l6-v2';

describe('fetchModel', () => {
  it('uses a model that is there', async () => {
    const cacheFolder = temporaryFolder();
    expect(await isModelCached({ name, cacheFolder })).toBe(false);
    const folder = join(cacheFolder, 'models', 'all-minilm-l6-v2-0.1.0');
    mkdirSync(folder, { recursive: true });
    expect(await isModelCached({ name, cacheFolder })).toBe(true);
    expect(await fetchModel({ name, cacheFolder })).toBe(folder);
  });

  it('knows the license', () => {
    expect(modelFacts(name)).toMatchObject({ name, license: 'Apache-2.0' });
  });

  it('names the models it knows when asked for another', async () => {
    const unknown = 'no-such-model' as typeof name;
    await expect(fetchModel({ name: unknown, cacheFolder: temporaryFolder() })).rejects.toMatchObject({
      code: 'MODEL_UNKNOWN',
      details: { known: [name] },
    });
  });
});

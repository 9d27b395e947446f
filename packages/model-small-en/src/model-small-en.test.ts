import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { modelName, modelUrl } from './index.js';

it('says where the model lies, and its name', () => {
  expect(fileURLToPath(modelUrl)).toMatch(/model-small-en[/\\]model[/\\]$/);
  expect(modelName).toBe('referent-small-en');
});

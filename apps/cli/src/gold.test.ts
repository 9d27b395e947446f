import { createMemoryKnowledge } from '@referent/knowledge-base';
import { describe, expect, it } from 'vitest';
import { findGold, type GoldOptions, readTitles } from './gold.js';
import type { LabelledMention } from './read-mentions.js';

const knowledge = createMemoryKnowledge([
  { id: '12', title: 'Anarchism', text: 'A political idea.' },
  { id: '25', title: 'Tarn', text: 'A river.' },
  { id: '39', title: 'Tarn', text: 'A lake.' },
  { id: '40', title: 'tarn', text: 'A common noun.' },
]);

const labelled = (labels: readonly string[], titles?: readonly string[]): LabelledMention => ({
  id: labels.join(),
  mention: { contextLeft: 'In the ', surface: 'TARN', contextRight: ' We Swam' },
  labels,
  ...(titles && { titles }),
});

async function goldOf(mentions: readonly LabelledMention[], options: GoldOptions): Promise<LabelledMention[]> {
  async function* all() {
    yield* mentions;
  }
  const found: LabelledMention[] = [];
  for await (const mention of findGold(all(), knowledge, options)) found.push(mention);
  return found;
}

const labelsOf = async (mentions: readonly LabelledMention[], options: GoldOptions) =>
  (await goldOf(mentions, options)).map(({ labels }) => labels);

describe('where compatible and right differ', () => {
  it('mentions of entities that are not there count as missed, NIL as NIL; BLINK drops both', async () => {
    const mentions = [labelled(['12']), labelled(['99']), labelled([]), labelled(['99', '25'])];
    expect(await labelsOf(mentions, {})).toEqual([['12'], ['99'], [], ['99', '25']]);
    expect(await labelsOf(mentions, { compat: true })).toEqual([['12'], ['99', '25']]);
  });

  it('of several entities with one title any is right; BLINK knows the last only', async () => {
    const mentions = [labelled(['E1'], ['Tarn'])];
    expect(await labelsOf(mentions, { labels: 'titles' })).toEqual([['25', '39']]);
    expect(await labelsOf(mentions, { labels: 'titles', compat: true })).toEqual([['39']]);
  });

  it('BLINK lowers the case of mention and context', async () => {
    const [right] = await goldOf([labelled(['12'])], {});
    const [compatible] = await goldOf([labelled(['12'])], { compat: true });
    expect(right?.mention).toEqual({ contextLeft: 'In the ', surface: 'TARN', contextRight: ' We Swam' });
    expect(compatible?.mention).toEqual({ contextLeft: 'in the ', surface: 'tarn', contextRight: ' we swam' });
  });
});

describe('labels', () => {
  it('of another knowledge base lead to entities through their titles', async () => {
    const titlesOf = new Map([
      ['E0001', 'Anarchism'],
      ['E0002', 'Nowhere'],
    ]);
    const mentions = [labelled(['E0001']), labelled(['E0002']), labelled(['E0003'])];
    expect(await labelsOf(mentions, { titlesOf })).toEqual([['12'], ['E0002'], ['E0003']]);
    expect(await labelsOf(mentions, { titlesOf, compat: true })).toEqual([['12']]);
  });

  it('of titles need a title that is equal, and NIL stays NIL', async () => {
    const mentions = [labelled(['x'], ['tarn']), labelled(['x'], ['TARN']), labelled([])];
    expect(await labelsOf(mentions, { labels: 'titles' })).toEqual([['40'], ['x'], []]);
  });

  it('come through in order, however many', async () => {
    const mentions = Array.from({ length: 600 }, (_, i) => labelled([String(i)]));
    expect((await labelsOf(mentions, {})).flat()).toEqual(mentions.map(({ id }) => id));
  });
});

describe('test entities', () => {
  const read = (...lines: readonly string[]) => {
    async function* chunks() {
      yield lines.join('\n');
    }
    return readTitles({ name: 'tac.jsonl', chunks: chunks() });
  };

  it('give titles by id', async () => {
    expect(await read('{"entity_id": "E1", "title": "Tarn", "name": "x"}', '')).toEqual(new Map([['E1', 'Tarn']]));
  });

  it.each(['{"entity_id": "E1"}', 'x', 'null', '{"entity_id": 1, "title": "x"}'])(
    'the line %s is refused',
    async (line) => {
      await expect(read('{"entity_id": "E1", "title": "Tarn"}', line)).rejects.toMatchObject({
        code: 'TEST_ENTITIES_INVALID_LINE',
        details: { file: 'tac.jsonl', line: 2 },
      });
    },
  );
});

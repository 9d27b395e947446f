import { readFileSync } from 'node:fs';
import { evaluate } from '@referent/evaluation';
import { describe, expect, it } from 'vitest';
import { fixturePath, openFixture } from '../../test/read-fixture.js';
import {
  type BlinkResult,
  blinkZeshelCandidate,
  createBlinkFigures,
  createInBatchAccuracy,
  formatBlinkFigures,
  toBlinkZeshel,
  toPythonJson,
} from '../index.js';
import { openZeshelDocuments } from '../node.js';

const golden = (name: string) => readFileSync(new URL(`../../test/goldens/${name}`, import.meta.url), 'utf8');

/** Candidates c1 ... cn, the right one at `rank`, and where the cross-encoder puts it. */
function result(
  rank: number,
  { final = rank, count = 10, world }: { final?: number; count?: number; world?: string } = {},
): BlinkResult {
  const retrieved = Array.from({ length: count }, (_, i) => `c${i + 1}`);
  const gold = `c${rank}`;
  const others = retrieved.filter((id) => id !== gold);
  const ranked = rank > count ? retrieved : [...others.slice(0, final - 1), gold, ...others.slice(final - 1)];
  return { gold: [gold], retrieved, ranked, ...(world !== undefined && { world }) };
}

function figuresOf(results: readonly BlinkResult[], topK = 10) {
  const counter = createBlinkFigures({ topK });
  for (const it of results) counter.add(it);
  return counter.figures();
}

it('converts Zeshel byte for byte as BLINK does', async () => {
  const documents = openZeshelDocuments(fixturePath('zeshel/documents'));
  let text = '';
  for await (const record of toBlinkZeshel(openFixture('zeshel/mentions/test.json'), documents)) {
    text += `${toPythonJson(record)}\n`;
  }
  await documents.close();
  expect(text).toBe(golden('blink-zeshel.jsonl'));
});

it('prints the recall of each world as BLINK does', () => {
  const { positions, lines } = JSON.parse(golden('blink-stats.json')) as {
    positions: Record<string, number[]>;
    lines: string[];
  };
  const counter = createBlinkFigures({ topK: 64 });
  for (const [world, ranks] of Object.entries(positions)) {
    for (const rank of ranks) {
      const { ranked: _, ...retrieved } = result(rank < 0 ? 99 : rank + 1, { count: 64, world });
      counter.add(retrieved);
    }
  }
  expect(formatBlinkFigures(counter.figures())).toBe(`${lines.join('\n')}\n`);
});

describe('where compatible and right figures differ', () => {
  it('recall@10 is that of the first 9 candidates', () => {
    const results = [result(1), result(9), result(10), result(11)];
    expect(figuresOf(results).recallAtTopK).toBe(2 / 4);
    expect(evaluate(results, { cutoffs: [10] }).all.recall).toEqual([{ k: 10, value: 3 / 4 }]);
  });

  it('the macro average leaves out worlds in which all is wrong', () => {
    // lego: 1 of 2 right; yugioh: 0 of 1 right.
    const results = [
      result(1, { world: 'lego' }),
      result(1, { final: 2, world: 'lego' }),
      result(2, { final: 2, world: 'yugioh' }),
    ];
    expect(figuresOf(results).zeshel?.macro).toBe(1 / 2);
    expect(evaluate(results).macro?.normalizedAccuracy).toBe((1 / 2 + 0) / 2);
  });

  it('both averages of Zeshel are over the mentions whose entity was retrieved', () => {
    // lego: right, and one that was not retrieved; yugioh: wrong, right.
    const results = [
      result(1, { world: 'lego' }),
      result(11, { world: 'lego' }),
      result(1, { final: 2, world: 'yugioh' }),
      result(3, { final: 1, world: 'yugioh' }),
    ];
    const { zeshel, crossEncoderNormalizedAccuracy, overallUnnormalizedAccuracy } = figuresOf(results);
    expect(zeshel).toMatchObject({ micro: 2 / 3, macro: (1 + 1 / 2) / 2 });
    expect([crossEncoderNormalizedAccuracy, overallUnnormalizedAccuracy]).toEqual([2 / 3, 2 / 4]);
    const report = evaluate(results);
    expect(report.all).toMatchObject({ normalizedAccuracy: 2 / 3, accuracy: 2 / 4 });
    expect(report.macro).toMatchObject({ normalizedAccuracy: 3 / 4, accuracy: 1 / 2 });
  });

  it('of more than 100 candidates only 100 are read again', () => {
    const results = [result(1, { count: 200 }), result(101, { count: 200, final: 1 })];
    expect(figuresOf(results, 200)).toMatchObject({
      kept: 1,
      crossEncoderNormalizedAccuracy: 1,
      overallUnnormalizedAccuracy: 1 / 2,
    });
    expect(evaluate(results).all).toMatchObject({ kept: 2, accuracy: 1 });
  });

  it('the candidates of Zeshel are 256 characters without a title, code points as Python counts', () => {
    const text = `${'😀'.repeat(250)}abcdefgh`;
    expect(blinkZeshelCandidate({ title: 'T', text })).toEqual({ title: '', text: `${'😀'.repeat(250)}abcdef` });
    expect(blinkZeshelCandidate({ title: 'T', text: 'short' })).toEqual({ title: '', text: 'short' });
  });
});

describe('in-batch accuracy', () => {
  const rows = (...values: number[][]) => ({ data: Float32Array.from(values.flat()), count: values.length });
  const [east, north] = [
    [1, 0],
    [0, 1],
  ] as const;

  it('compatible: the last batch counts as wrong unless it is full', () => {
    const values = [false, true].map((compat) => {
      const accuracy = createInBatchAccuracy({ batchSize: 2, compat });
      accuracy.add(rows([...east], [...north]), rows([...east], [...north]), ['a', 'b']); // 2 of 2
      accuracy.add(rows([...east]), rows([...east]), ['a']); // right, but alone
      return accuracy.value();
    });
    expect(values).toEqual([1, 2 / 3]);
  });

  it('compatible: the second mention of one entity in a batch is wrong', () => {
    const values = [false, true].map((compat) => {
      const accuracy = createInBatchAccuracy({ batchSize: 2, compat });
      accuracy.add(rows([...east], [...east]), rows([...east], [...east]), ['a', 'a']);
      return accuracy.value();
    });
    expect(values).toEqual([1, 1 / 2]);
  });

  it('is null without mentions, and refuses batches that do not fit', () => {
    const accuracy = createInBatchAccuracy({ batchSize: 1 });
    expect(accuracy.value()).toBeNull();
    for (const [mentions, entities, ids] of [
      [rows([...east], [...north]), rows([...east], [...north]), ['a', 'b']],
      [rows([...east]), rows([...east], [...north]), ['a']],
      [rows([...east]), rows([...east]), []],
    ] as const) {
      expect(() => accuracy.add(mentions, entities, ids)).toThrow(expect.objectContaining({ code: 'BLINK_COMPAT' }));
    }
  });
});

describe('the figures', () => {
  it('are printed in the words of main_dense.py', () => {
    expect(
      formatBlinkFigures(figuresOf([result(1), result(2, { final: 1 }), result(10, { final: 2 }), result(11)])),
    ).toBe(
      [
        'biencoder accuracy: 0.2500',
        'biencoder recall@10: 0.5000',
        'crossencoder normalized accuracy: 0.6667',
        'overall unnormalized accuracy: 0.5000',
        'support: 4',
        '',
      ].join('\n'),
    );
  });

  it('of Zeshel end with macro and micro accuracy, where a world has any', () => {
    const text = formatBlinkFigures(figuresOf([result(1, { world: 'yugioh' }), result(2, { world: 'lego' })]));
    expect(text.split('\n').slice(-3)).toEqual(['Macro accuracy: 1.00000', 'Micro accuracy: 0.50000', '']);
    expect(text.indexOf('lego'), "in BLINK's order of worlds").toBeLessThan(text.indexOf('yugioh'));
    expect(formatBlinkFigures(figuresOf([result(2, { world: 'lego' })]))).not.toContain('accuracy');
  });

  it('without a cross-encoder have none of its numbers', () => {
    const counter = createBlinkFigures({ topK: 2 });
    counter.add({ gold: ['c1'], retrieved: ['c1', 'c2'] });
    expect(counter.figures()).toMatchObject({
      crossEncoderNormalizedAccuracy: null,
      overallUnnormalizedAccuracy: null,
      zeshel: null,
    });
  });

  it.each([1, 0, 2.5])('refuse topK %d', (topK) => {
    expect(() => createBlinkFigures({ topK })).toThrow(expect.objectContaining({ code: 'BLINK_COMPAT' }));
  });
});

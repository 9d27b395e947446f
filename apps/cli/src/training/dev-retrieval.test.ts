import type { Entity } from '@referent/core';
import { createFakeEncoder } from '@referent/testing';
import type { TrainingExample, TrainingSet } from '@referent/training';
import { describe, expect, it } from 'vitest';
import { devRecall } from './dev-retrieval.js';

const encoder = createFakeEncoder();
const encoders = { mentionEncoder: encoder, entityEncoder: encoder };

const entities = new Map<string, Entity>(
  [
    { id: 'slope', title: 'bank', text: 'land beside river water' },
    { id: 'firm', title: 'bank', text: 'money loan account' },
    // Nearer to both sentences than any bank.
    { id: 'river', title: 'bank', text: 'river water flood' },
    { id: 'loan', title: 'bank', text: 'loan money debt' },
  ].map((entity) => [entity.id, entity]),
);

const example = (id: string, context: string, gold: string[], candidates?: string[]): TrainingExample => ({
  id,
  mention: { contextLeft: `${context} `, surface: 'bank', contextRight: '' },
  gold,
  ...(candidates && { hardNegatives: candidates.filter((it) => !gold.includes(it)) }),
});
const set = (name: string, ...examples: TrainingExample[]): TrainingSet => ({ name, entities, examples });
const sharesOf = async (...sets: TrainingSet[]) => (await devRecall(sets, encoders, 1, {})).details;

describe('devRecall', () => {
  const wet = 'river water flood';

  it('searches all entities where mentions bring no candidates', async () => {
    expect(await sharesOf(set('open', example('1', wet, ['slope']), example('2', wet, ['river'])))).toEqual({
      open: 0.5,
    });
  });

  it('chooses among the candidates alone where every mention brings them', async () => {
    const right = example('1', wet, ['slope'], ['slope', 'firm']);
    const wrong = example('2', wet, ['firm'], ['firm', 'slope']);
    const beaten = example('3', wet, ['slope'], ['slope', 'river']);
    const alone = example('4', 'money', ['slope'], ['slope']);
    expect(await sharesOf(set('senses', right, wrong, beaten, alone))).toEqual({ senses: 2 / 4 });
  });

  it('counts any of several golds, and passes over candidates that are no entity', async () => {
    const either = example('1', wet, ['firm', 'slope'], ['firm', 'slope', 'loan', 'unknown']);
    expect(await sharesOf(set('senses', either))).toEqual({ senses: 1 });
  });

  it('searches where but one mention lacks candidates', async () => {
    const mixed = set('mixed', example('1', wet, ['slope'], ['slope', 'firm']), example('2', wet, ['slope']));
    expect(await sharesOf(mixed)).toEqual({ mixed: 0 });
  });

  it('takes the mean over both kinds of sets, and keeps equal ids of two sets apart', async () => {
    const sets = [
      set('senses', example('1', wet, ['slope'], ['slope', 'firm'])),
      set('open', example('1', wet, ['slope']), example('2', wet, ['river']), example('3', wet, ['river'])),
    ];
    expect(await devRecall(sets, encoders, 1, {})).toEqual({
      value: (1 + 2 / 3) / 2,
      details: { senses: 1, open: 2 / 3 },
    });
  });
});

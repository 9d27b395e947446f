import type { Entity } from '@referent/core';
import { createTokenizer } from '@referent/tokenizer';
import type { TrainingExample, TrainingSet } from '../src/examples.js';

const special = ['[PAD]', '[unused0]', '[unused1]', '[unused2]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const words = [
  ...['red', 'blue', 'old', 'new', 'big', 'fox', 'owl', 'elm', 'oak', 'cat', 'hen', 'bee', 'ant', 'cow', 'pig', 'emu'],
  ...[
    'a',
    'the',
    'in',
    'of',
    'and',
    'is',
    'saw',
    'near',
    'tree',
    'bird',
    'farm',
    'wild',
    'lake',
    'hill',
    'town',
    'road',
  ],
];
/** The 40 tokens of the tiny BERT. */
export const tokenizer = createTokenizer({ vocabulary: [...special, ...words].join('\n') });
export const maskId = special.indexOf('[MASK]');

const kinds = ['fox', 'owl', 'elm', 'oak', 'cat', 'hen'];
const colors = ['red', 'blue', 'old', 'new'];

/** Two worlds; in each, four bearers of each kind's name. The mention is the kind, the color stands in its context. */
export const entities: ReadonlyMap<string, Entity> = new Map(
  ['farm', 'wild'].flatMap((world) =>
    kinds.flatMap((kind) =>
      colors.map((color) => {
        const id = `${world}-${color}-${kind}`;
        return [id, { id, title: kind, text: `a ${color} ${kind}`, aliases: [`${color} ${kind}`], world }] as const;
      }),
    ),
  ),
);

export const examples: readonly TrainingExample[] = [...entities.values()].map(({ id, title, world, aliases }) => ({
  id: `e-${id}`,
  mention: {
    contextLeft: `the ${aliases![0]!.split(' ')[0]} `,
    surface: title,
    contextRight: ' near a lake',
    world: world!,
  },
  gold: [id],
}));

export const set: TrainingSet = { name: 'animals', examples, entities };

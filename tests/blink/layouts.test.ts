import { layoutEntity, layoutMention, layoutPair } from '@referent/tokenizer';
import { describe, expect, it } from 'vitest';
import { entities, golden, goldenTokenizer, inContext } from './golden.js';

const tokenizers = { 32: goldenTokenizer(), 128: goldenTokenizer(), 'cased 32': goldenTokenizer(false) };

describe.each(['32', '128', 'cased 32'] as const)('token ids of a mention in its context, %s', (key) => {
  it.each(golden.mentions.map((mention) => [mention.name, mention] as const))('%s', (_name, mention) => {
    const maximumLength = key === '128' ? 128 : 32;
    const { ids } = layoutMention(tokenizers[key], inContext(mention), { maximumLength });
    const expected = mention.ids[key];
    if (expected) expect(ids).toEqual(expected);
    else expect(ids).toHaveLength(maximumLength); // BLINK stops; here the mention or its context is cut
  });
});

describe.each(['32', '128'] as const)('token ids of an entity, %s', (key) => {
  it.each(entities.map((entity, row) => [entity.title.slice(0, 30), entity, row] as const))(
    '%s',
    (_name, entity, row) => {
      const { ids } = layoutEntity(tokenizers[key], entity, { maximumLength: Number(key) });
      expect(ids).toEqual(golden.entities.ids[key][row]);
    },
  );
});

describe.each(golden.runs.map((run) => [run.contextLength, run.maximumLength, run] as const))(
  "the cross-encoder's inputs, context of %d in %d tokens",
  (maximumContextLength, maximumLength, { results }) => {
    it.each(
      results.flatMap(({ mention, top, inputs = [] }) => inputs.map((input, i) => [mention, top[i]!, input] as const)),
    )('mention %d, entity %d', (mention, entity, input) => {
      const tokenizer = tokenizers[128];
      const context = layoutMention(tokenizer, inContext(golden.mentions[mention]!), {
        maximumLength: maximumContextLength,
      });
      const pair = layoutPair(context, layoutEntity(tokenizer, entities[entity]!), {
        maximumContextLength,
        maximumLength,
      });
      // BLINK's input with its padding; ours names the positions instead.
      const padded = new Array<number>(pair.positions!.at(-1)! + 1).fill(0);
      for (const [i, position] of pair.positions!.entries()) padded[position] = pair.ids[i]!;
      expect(padded).toEqual(input);
      expect(pair.segments).toEqual(pair.positions!.map((position) => (position < maximumContextLength ? 0 : 1)));
    });
  },
);

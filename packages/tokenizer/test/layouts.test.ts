import { describe, expect, it } from 'vitest';
import { type EntityLayout, layoutEntity, layoutMention, layoutPair, type MentionLayout } from '../src/index.js';
import { readGolden, smallTokenizer } from './goldens.js';

interface MentionCase {
  readonly layout: MentionLayout;
  readonly maximumLength: number;
  readonly contextLeft: string;
  readonly surface: string;
  readonly contextRight: string;
  readonly ids: number[];
}
interface EntityCase {
  readonly layout: EntityLayout;
  readonly maximumLength: number;
  readonly title: string;
  readonly text: string;
  readonly ids: number[];
}
interface PairCase {
  readonly maximumContextLength: number;
  readonly maximumEntityLength: number;
  readonly mention: [left: string, surface: string, right: string];
  readonly entity: [title: string, text: string];
  readonly ids: number[];
  readonly segments: number[];
  readonly positions: number[];
}

const goldens = readGolden<{ mentions: MentionCase[]; entities: EntityCase[]; pairs: PairCase[] }>('layouts.json');
const tokenizer = smallTokenizer();

describe('layouts are those of an independent implementation of the rules', () => {
  it('mentions', () => {
    expect(goldens.mentions.length).toBeGreaterThan(200);
    for (const expected of goldens.mentions) {
      expect({ ...expected, ids: layoutMention(tokenizer, expected, expected).ids }).toEqual(expected);
    }
  });

  it('entities', () => {
    expect(goldens.entities.length).toBeGreaterThan(60);
    for (const expected of goldens.entities) {
      expect({ ...expected, ids: layoutEntity(tokenizer, expected, expected).ids }).toEqual(expected);
    }
  });

  it('pairs, as what is left of padded inputs', () => {
    expect(goldens.pairs.length).toBe(60);
    for (const { ids, segments, positions, ...input } of goldens.pairs) {
      const { maximumContextLength, maximumEntityLength } = input;
      const [contextLeft, surface, contextRight] = input.mention;
      const [title, text] = input.entity;
      const context = layoutMention(
        tokenizer,
        { contextLeft, surface, contextRight },
        { maximumLength: maximumContextLength },
      );
      const entity = layoutEntity(tokenizer, { title, text }, { maximumLength: maximumEntityLength });
      const pair = layoutPair(context, entity, { maximumContextLength });
      expect({ input, ...pair }).toEqual({ input, ids, segments, positions });
    }
  });
});

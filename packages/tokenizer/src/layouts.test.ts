import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallTokenizer } from '../test/goldens.js';
import { layoutEntity, layoutMention, layoutPair } from './index.js';

const tokenizer = smallTokenizer();
const { special, markers } = tokenizer;
const text = fc
  .array(fc.constantFrom('paris', 'unable', '中国', '[SEP]', '[unused0]', '', 'é', ','), { maxLength: 60 })
  .map((words) => words.join(' '));
const mention = fc.record({ contextLeft: text, surface: text, contextRight: text });
const entity = fc.record({ title: text, text });
const maximum = fc.integer({ min: 7, max: 140 });
const count = (ids: readonly number[], id: number) => ids.filter((other) => other === id).length;

describe('layoutMention', () => {
  it.each([
    ['blink', 1, 1],
    ['sentence', 1, 0],
    ['mention-only', 1, 0],
    ['mention-first', 2, 1],
  ] as const)('%s: never too long, every special token and marker in its place', (layout, separators, marked) => {
    fc.assert(
      fc.property(mention, maximum, (value, maximumLength) => {
        const { ids, segments, positions } = layoutMention(tokenizer, value, { layout, maximumLength });
        expect(ids.length).toBeLessThanOrEqual(maximumLength);
        expect([ids[0], ids.at(-1)]).toEqual([special.cls, special.sep]);
        expect([special.cls, special.sep].map((id) => count(ids, id))).toEqual([1, separators]);
        expect([markers.mentionStart, markers.mentionEnd].map((id) => count(ids, id))).toEqual([marked, marked]);
        expect(ids.indexOf(markers.mentionStart)).toBeLessThanOrEqual(ids.indexOf(markers.mentionEnd));
        expect([segments, positions]).toEqual([undefined, undefined]);
      }),
    );
  });

  it('wastes no room while there is text', () => {
    fc.assert(
      fc.property(mention, maximum, (value, maximumLength) => {
        const whole = tokenizer.encode(`${value.contextLeft} ${value.surface} ${value.contextRight}`).length + 4;
        expect(layoutMention(tokenizer, value, { maximumLength }).ids.length).toBe(Math.min(whole, maximumLength));
      }),
    );
  });

  it('shows a stretch of the text around the mention, and no more on one side than the other can spare', () => {
    fc.assert(
      fc.property(mention, maximum, (value, maximumLength) => {
        const { ids } = layoutMention(tokenizer, value, { maximumLength });
        const [start, end] = [ids.indexOf(markers.mentionStart), ids.indexOf(markers.mentionEnd)];
        const [left, surface, right] = [ids.slice(1, start), ids.slice(start + 1, end), ids.slice(end + 1, -1)];
        const all = [value.contextLeft, value.surface, value.contextRight].map((part) => tokenizer.encode(part));
        expect(left).toEqual(all[0]!.slice(all[0]!.length - left.length));
        expect(surface).toEqual(all[1]!.slice(0, surface.length));
        expect(right).toEqual(all[2]!.slice(0, right.length));
        if (surface.length < all[1]!.length) expect([left, right]).toEqual([[], []]);
        const isCut = (side: 0 | 2, shown: readonly number[]) => shown.length < all[side]!.length;
        if (isCut(0, left)) expect(left.length).toBeGreaterThanOrEqual(right.length - 1);
        if (isCut(2, right)) expect(right.length).toBeGreaterThanOrEqual(left.length - 1);
      }),
    );
  });

  it('asks for no more tokens than fit: a text of 10 MB costs no more than a page', () => {
    const limits: (number | undefined)[] = [];
    const asked: typeof tokenizer = {
      ...tokenizer,
      encode(text, options) {
        limits.push(options?.limit);
        return tokenizer.encode(text, options);
      },
    };
    layoutMention(asked, { contextLeft: 'a b', surface: 'paris', contextRight: 'c d' }, { maximumLength: 16 });
    expect(limits).toHaveLength(3);
    for (const limit of limits) expect(limit).toBeLessThanOrEqual(16);
  });

  it('keeps the words next to the mention', () => {
    const value = { contextLeft: 'a b c d e', surface: 'paris', contextRight: 'f g h i j' };
    const { ids } = layoutMention(tokenizer, value, { maximumLength: 10 });
    expect(tokenizer.decode(ids)).toBe('[CLS] d e [unused0] paris [unused1] f g h [SEP]');
  });

  it('cuts a mention longer than the window, and keeps its markers', () => {
    const value = { contextLeft: 'a', surface: 'paris '.repeat(50), contextRight: 'b' };
    const { ids } = layoutMention(tokenizer, value, { maximumLength: 8 });
    const [paris] = tokenizer.encode('paris');
    expect(ids).toEqual([
      special.cls,
      markers.mentionStart,
      paris,
      paris,
      paris,
      paris,
      markers.mentionEnd,
      special.sep,
    ]);
  });

  it.each([
    ['blink', 4],
    ['sentence', 2],
    ['mention-only', 2],
    ['mention-first', 6],
    ['blink', 10.5],
    ['blink', Number.NaN],
  ] as const)('throws LAYOUT_MAXIMUM_LENGTH: %s in %d', (layout, maximumLength) => {
    const value = { contextLeft: '', surface: 'paris', contextRight: '' };
    expect(() => layoutMention(tokenizer, value, { layout, maximumLength })).toThrow(
      expect.objectContaining({ code: 'LAYOUT_MAXIMUM_LENGTH' }),
    );
  });
});

describe('layoutEntity', () => {
  it('blink: never too long, the title marker exactly once, unless the title fills the window', () => {
    fc.assert(
      fc.property(entity, maximum, (value, maximumLength) => {
        const { ids } = layoutEntity(tokenizer, value, { maximumLength });
        expect(ids.length).toBeLessThanOrEqual(maximumLength);
        expect([ids[0], ids.at(-1)]).toEqual([special.cls, special.sep]);
        const fills = tokenizer.encode(value.title).length >= maximumLength - 2;
        expect([special.cls, special.sep, markers.title].map((id) => count(ids, id))).toEqual([1, 1, fills ? 0 : 1]);
      }),
    );
  });

  it('separated: never too long, a separator behind each part that is there', () => {
    fc.assert(
      fc.property(entity, maximum, (value, maximumLength) => {
        const { ids } = layoutEntity(tokenizer, value, { layout: 'separated', maximumLength });
        const title = tokenizer.encode(value.title).length;
        const hasBoth = title > 0 && title < maximumLength - 3 && value.text.trim() !== '';
        expect(ids.length).toBeLessThanOrEqual(maximumLength);
        expect([ids[0], ids.at(-1)]).toEqual([special.cls, special.sep]);
        expect(count(ids, special.sep)).toBe(hasBoth ? 2 : 1);
      }),
    );
  });

  it('aliases: says the names that are new before the text, in half of the window', () => {
    const laidOut = (aliases: string[] | undefined, maximumLength = 64, text = 'a town') => {
      const value = { title: 'paris', text, ...(aliases && { aliases }) };
      return layoutEntity(tokenizer, value, { layout: 'aliases', maximumLength }).ids;
    };
    const separated = (text: string, maximumLength = 64) =>
      layoutEntity(tokenizer, { title: 'paris', text }, { layout: 'separated', maximumLength }).ids;
    expect(laidOut(undefined)).toEqual(separated('a town'));
    expect(laidOut(['Paris', 'PARIS'])).toEqual(separated('a town'));
    expect(laidOut(['texas', 'Paris', 'france', 'Texas'])).toEqual(separated('texas, france: a town'));
    // Ten tokens: five for aliases with their commas, of which "a b c d e f" would need seven.
    expect(laidOut(['a b c d e f', 'a b c', 'x', 'a'], 12)).toEqual(separated('a b c: a town', 12));
    const many = Array.from({ length: 1000 }, (_, i) => `${i} b c d e f g h i j`);
    expect(laidOut([...many, 'x'], 12)).toEqual(separated('a town', 12));
  });

  it('throws LAYOUT_MAXIMUM_LENGTH', () => {
    expect(() => layoutEntity(tokenizer, { title: 'a', text: 'b' }, { maximumLength: 3 })).toThrow(
      expect.objectContaining({ code: 'LAYOUT_MAXIMUM_LENGTH' }),
    );
  });
});

describe('layoutPair', () => {
  it('puts the entity behind the context: segment 1, positions from the end of the window or without a gap', () => {
    const context = { ids: [101, 7, 102] };
    const candidate = { ids: [101, 8, 9, 102] };
    const ids = [101, 7, 102, 8, 9, 102];
    const segments = [0, 0, 0, 1, 1, 1];
    expect(layoutPair(context, candidate, { maximumContextLength: 5 })).toEqual({
      ids,
      segments,
      positions: [0, 1, 2, 5, 6, 7],
    });
    expect(layoutPair(context, candidate, { layout: 'compact' })).toEqual({
      ids,
      segments,
      positions: [0, 1, 2, 3, 4, 5],
    });
  });

  it('cuts what lies beyond the last position', () => {
    const pair = [{ ids: [101, 7, 102] }, { ids: [101, 8, 9, 102] }] as const;
    const cut = layoutPair(...pair, { maximumContextLength: 5, maximumLength: 7 });
    expect(cut).toEqual({ ids: [101, 7, 102, 8, 9], segments: [0, 0, 0, 1, 1], positions: [0, 1, 2, 5, 6] });
    expect(layoutPair(...pair, { layout: 'compact', maximumLength: 4 }).positions).toEqual([0, 1, 2, 3]);
    expect(layoutPair(...pair, { maximumContextLength: 128, maximumLength: 100 }).positions).toEqual([0, 1, 2]);
    expect(layoutPair(...pair, { maximumContextLength: 128, maximumLength: 2 }).positions).toEqual([0, 1]);
    expect(layoutPair(...pair, { maximumLength: 500 })).toEqual(layoutPair(...pair));
  });

  it('takes each token of both once, in order, at a place of its own below the maximum', () => {
    fc.assert(
      fc.property(
        mention,
        entity,
        maximum,
        maximum,
        fc.constantFrom('blink', 'compact'),
        (value, candidate, ...rest) => {
          const [maximumContextLength, maximumLength, layout] = rest;
          const context = layoutMention(tokenizer, value, { maximumLength: maximumContextLength });
          const second = layoutEntity(tokenizer, candidate);
          const options = { layout, maximumContextLength, maximumLength } as const;
          const { ids, segments, positions } = layoutPair(context, second, options);
          const whole = [...context.ids, ...second.ids.slice(1)];
          expect(ids).toEqual(whole.slice(0, ids.length));
          expect(segments).toEqual(ids.map((_, i) => (i < context.ids.length ? 0 : 1)));
          positions!.forEach((position, i) => {
            expect(position).toBeGreaterThan(positions![i - 1] ?? -1);
            expect(position).toBeLessThan(maximumLength);
          });
          const gap = layout === 'blink' ? maximumContextLength - context.ids.length : 0;
          const room = Math.max(Math.min(context.ids.length, maximumLength), maximumLength - gap);
          expect(ids).toHaveLength(Math.min(whole.length, room));
        },
      ),
    );
  });

  it('is the same in both layouts when the context fills its window', () => {
    fc.assert(
      fc.property(mention, entity, fc.integer({ min: 7, max: 12 }), (value, candidate, maximumLength) => {
        const context = layoutMention(tokenizer, value, { maximumLength });
        fc.pre(context.ids.length === maximumLength);
        const pair = [context, layoutEntity(tokenizer, candidate)] as const;
        const options = { maximumContextLength: maximumLength };
        expect(layoutPair(...pair, { ...options, layout: 'compact' })).toEqual(layoutPair(...pair, options));
      }),
    );
  });

  it('throws LAYOUT_CONTEXT_TOO_LONG', () => {
    expect(() => layoutPair({ ids: [101, 7, 102] }, { ids: [101, 102] }, { maximumContextLength: 2 })).toThrow(
      expect.objectContaining({ code: 'LAYOUT_CONTEXT_TOO_LONG' }),
    );
  });
});

it('throws LAYOUT_UNKNOWN for a layout that a file may have named', () => {
  const unknown = { layout: 'upside-down' as 'blink' };
  const sequence = { ids: [101, 102] };
  for (const layOut of [
    () => layoutMention(tokenizer, { contextLeft: '', surface: '', contextRight: '' }, unknown),
    () => layoutEntity(tokenizer, { title: '', text: '' }, unknown),
    () => layoutPair(sequence, sequence, unknown),
  ]) {
    expect(layOut).toThrow(expect.objectContaining({ code: 'LAYOUT_UNKNOWN' }));
  }
});

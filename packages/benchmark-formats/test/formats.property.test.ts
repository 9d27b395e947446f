import { isReferentError } from '@referent/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LabelledMention, textLines } from '../src/index.js';
import { inputOf, readAll } from './read-fixture.js';

const text = fc
  .array(fc.constantFrom('Paris', ' ', 'of', '😀', '𠮷', '"', '\\', '\n', '\u2028', '\t', '[', ']', 'é', '\u0000'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));
const name = fc.constantFrom('Q90', '42', 'a b', 'é"', '<x>');
const mention = fc.record({
  id: fc.constantFrom('1', 'm-2', 'é'),
  left: text,
  surface: text.filter((it) => it.trim() !== ''),
  right: text,
  labels: fc.uniqueArray(name, { maxLength: 3 }),
  world: fc.option(name, { nil: undefined }),
});
type Written = typeof mention extends fc.Arbitrary<infer T> ? T : never;

const blankAfter = (part: string) => (part === '' || /\s$/.test(part) ? part : `${part} `);
const blankBefore = (part: string) => (part === '' || /^\s/.test(part) ? part : ` ${part}`);
const codePoints = (part: string) => [...part].length;

/** What a program that writes the format would write of a mention, and what is to be read of it. */
const formats: Record<string, (written: Written) => [line: object, read: LabelledMention]> = {
  referent: ({ id, left, surface, right, labels, world }) => [
    { id, context_left: left, mention: surface, context_right: right, label_id: labels, world },
    { id, mention: { contextLeft: left, surface, contextRight: right, ...(world !== undefined && { world }) }, labels },
  ],
  blink: ({ id, left, surface, right, labels }) => [
    {
      query_id: id,
      context_left: left,
      mention: surface,
      context_right: right,
      label_id: labels[0] ?? null,
      Wikipedia_title: 'T',
    },
    {
      id,
      mention: { contextLeft: blankAfter(left), surface, contextRight: blankBefore(right) },
      labels: labels.slice(0, 1),
      ...(labels.length > 0 && { titles: ['T'] }),
    },
  ],
  kilt: ({ id, left, surface, right, labels }) => [
    {
      id,
      input: `${left}[START_ENT] ${surface} [END_ENT]${right}`,
      output: labels.map((label) => ({ answer: 'T', provenance: [{ wikipedia_id: label, title: label }] })),
    },
    {
      id,
      mention: { contextLeft: left, surface: surface.trim(), contextRight: right },
      labels,
      ...(labels.length > 0 && { titles: labels }),
    },
  ],
  elevant: ({ id, left, surface, right, labels }) => [
    {
      id,
      text: left + surface + right,
      labels: [
        {
          id: 7,
          span: [codePoints(left), codePoints(left) + codePoints(surface)],
          entity_id: labels[0] ?? '<NIL>',
          name: 'T',
        },
      ],
    },
    {
      id: `${id}:7`,
      mention: { contextLeft: left, surface, contextRight: right },
      labels: labels.slice(0, 1),
      ...(labels.length > 0 && { titles: ['T'] }),
    },
  ],
};

describe.each(Object.entries(formats))('%s', (format, write) => {
  it('gives back what was written, line by line, however the file comes in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mention, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        async (list, size) => {
          const written = list.map(write);
          const file = written.map(([line]) => `${JSON.stringify(line)}\r\n`).join('\n');
          const pieces = Array.from({ length: Math.ceil(file.length / size) }, (_, i) =>
            file.slice(i * size, (i + 1) * size),
          );
          const read = await readAll({ name: 'written', lines: textLines(pieces) });
          expect(read).toEqual(written.map(([, expected]) => expected));
        },
      ),
    );
  });

  it('reads any other line, or says in words where it cannot', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>(
        [],
        {},
        [{}],
        [null],
        '',
        -1,
        [{ span: [0, 1] }],
        [{ span: [0, 1], entity_id: 'Q' }],
        [{ provenance: 3 }],
      ),
    );
    const [line] = write({ id: '1', left: 'In ', surface: 'Paris', right: '.', labels: ['Q90'], world: 'Q90' });
    const fields = Object.keys(line);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), value, fc.boolean(), async (field, given, isGone) => {
        const { [field]: _, ...rest } = line as Record<string, unknown>;
        const changed = isGone ? rest : { ...rest, [field]: given };
        try {
          for (const { id, mention: found, labels } of await readAll(inputOf(changed), { format: format as 'kilt' })) {
            const strings = [id, found.contextLeft, found.surface, found.contextRight, ...labels];
            expect(strings.every((it) => typeof it === 'string')).toBe(true);
          }
        } catch (error) {
          if (!isReferentError(error)) throw error;
          expect(error.code).toMatch(/^MENTIONS_(INVALID_LINE|SPAN_OUTSIDE_TEXT)$/);
          expect(error.details).toMatchObject({ file: 'given.jsonl', line: 1 });
        }
      }),
      { numRuns: 300 },
    );
  });
});

it.each([
  ['referent', { id: {}, mention: 'Paris', label_id: 'Q90' }, 'id'],
  ['referent', { mention: 'Paris', label_id: [{}] }, 'label_id'],
  ['referent', { mention: 'Paris', label_id: 'Q90', candidates: [null, true] }, 'candidates'],
  [
    'blink',
    { query_id: { toString: 1 }, context_left: '', mention: 'Paris', context_right: '', label_id: '9' },
    'query_id',
  ],
  ['blink', { context_left: '', mention: 'Paris', context_right: '', label_id: ['9'] }, 'label_id'],
  ['kilt', { id: [1], input: '[START_ENT] Paris [END_ENT]', output: [] }, 'id'],
  ['elevant', { text: 'Paris', labels: [{ id: {}, span: [0, 5], entity_id: 'Q90' }] }, 'id'],
] as const)('%s: an id that is neither text nor number is refused, and named: %j', async (format, line, field) => {
  await expect(readAll(inputOf(line), { format })).rejects.toMatchObject({
    code: 'MENTIONS_INVALID_LINE',
    what: expect.stringContaining(`"${field}" must be a string or a number`),
  });
});

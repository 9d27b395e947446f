import { describe, expect, it } from 'vitest';
import { cleanText, parseEntity } from './entity-record.js';

const entityOf = (record: unknown) => parseEntity(record).entity;
const problemOf = (record: unknown) => parseEntity(record).problem;

describe('parseEntity', () => {
  it('reads all fields and ignores others', () => {
    const entity = { id: 'q1', title: 'T', text: 'd', aliases: ['A'], url: 'u', world: 'w' };
    expect(parseEntity({ ...entity, pos: 'n' })).toEqual({ entity });
  });

  it('leaves out what is null, empty or said twice', () => {
    expect(
      entityOf({ id: 'q', title: ' T ', text: ' d\n', aliases: ['', 'T', 'A', 'A'], url: null, world: '' }),
    ).toEqual({
      id: 'q',
      title: 'T',
      text: 'd',
      aliases: ['A'],
    });
  });

  it('takes description for text, and numbers as ids and worlds', () => {
    expect(entityOf({ id: 7, title: 'T', description: 'd', world: 3 })).toEqual({
      id: '7',
      title: 'T',
      text: 'd',
      world: '3',
    });
  });

  it("reads BLINK's form: the curid is the id, the address the url", () => {
    const record = {
      text: ' Anarchism is…',
      idx: 'https://en.wikipedia.org/wiki?curid=12',
      title: 'Anarchism',
      entity: 'Anarchism',
    };
    expect(entityOf(record)).toEqual({
      id: '12',
      title: 'Anarchism',
      text: 'Anarchism is…',
      url: 'https://en.wikipedia.org/wiki?curid=12',
    });
    expect(entityOf({ idx: 'x9', entity: 'E', text: 'd' })).toEqual({ id: 'x9', title: 'E', text: 'd' });
  });

  it('keeps an entity without a description, with a warning', () => {
    expect(parseEntity({ id: 'q', title: 'T' })).toMatchObject({
      entity: { id: 'q', title: 'T', text: '' },
      problem: { code: 'missing-text', severity: 'warning' },
    });
  });

  it.each([
    ['a list', [], 'not-an-object'],
    ['null', null, 'not-an-object'],
    ['no id', { title: 'T', text: 'd' }, 'missing-id'],
    ['an empty id', { id: ' ', title: 'T', text: 'd' }, 'missing-id'],
    ['no title', { id: 'q', text: 'd' }, 'missing-title'],
    ['an empty title', { id: 'q', title: ' \t', text: 'd' }, 'missing-title'],
    ['a title that is a number', { id: 'q', title: 5, text: 'd' }, 'bad-field'],
    ['a text that is an object', { id: 'q', title: 'T', text: {} }, 'bad-field'],
    ['aliases in one text', { id: 'q', title: 'T', text: 'd', aliases: 'A, B' }, 'bad-field'],
    ['an alias that is a number', { id: 'q', title: 'T', text: 'd', aliases: ['A', 1] }, 'bad-field'],
    ['an id that is a list', { id: ['q'], title: 'T', text: 'd' }, 'bad-field'],
    ['an id that JSON has already rounded', { id: 2 ** 60, title: 'T', text: 'd' }, 'bad-field'],
  ])('refuses %s', (_, record, code) => {
    expect(problemOf(record)).toMatchObject({ code, severity: 'error' });
    expect(entityOf(record)).toBeUndefined();
  });
});

describe('cleanText', () => {
  it('replaces NUL and lone surrogates, and nothing else', () => {
    expect(cleanText('a\0b\ud800c\udc00d😀e')).toBe('a\uFFFDb\uFFFDc\uFFFDd😀e');
    expect(cleanText('\ud83d\ud83d\ude00')).toBe('\uFFFD😀');
  });
});

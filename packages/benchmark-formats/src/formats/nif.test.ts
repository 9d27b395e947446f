import { describe, expect, it } from 'vitest';
import { inputOf, openFixture, readAll } from '../../test/read-fixture.js';

const prefixes = `@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix itsrdf: <http://www.w3.org/2005/11/its/rdf#> .
<#d> nif:isString "😀 Lenz again" .`;

const phrase = (begin: unknown, end: unknown, anchor = '"Lenz"', context = '<#d>') =>
  `<#m> nif:referenceContext ${context} ; nif:beginIndex "${begin}" ; nif:endIndex "${end}" ; nif:anchorOf ${anchor} ; itsrdf:taIdentRef <http://example.org/Lenz> .`;

it('gives documents in the order of the file and mentions in that of the text; words without a reference are no mentions', async () => {
  const mentions = await readAll(openFixture('nif.ttl'));
  expect(mentions.map(({ id, mention, labels, titles }) => [id, mention, labels, titles])).toEqual([
    [
      'http://example.org/doc2#char=5,9',
      { contextLeft: '😀 Δ ', surface: 'Tarn', contextRight: ' is cold.' },
      ['http://dbpedia.org/resource/Tarn_(river)', 'Tarn_(river)', 'Tarn (river)'],
      ['Tarn (river)'],
    ],
    [
      'http://example.org/doc1#char=0,9',
      { contextLeft: '', surface: 'Anna Weir', contextRight: ' left Lenz;\nthen "Rue".' },
      ['http://www.wikidata.org/entity/Q900001', 'Q900001'],
      undefined,
    ],
    [
      'http://example.org/doc1#char=27,30',
      { contextLeft: 'Anna Weir left Lenz;\nthen "', surface: 'Rue', contextRight: '".' },
      [],
      undefined,
    ],
  ]);
});

describe('positions', () => {
  it.each([
    ['UTF-16 units', 3, 7],
    ['code points', 2, 6],
  ])('may count %s: the anchor tells', async (_, begin, end) => {
    const [mention] = await readAll(inputOf(prefixes, phrase(begin, end)));
    expect(mention?.mention).toEqual({ contextLeft: '😀 ', surface: 'Lenz', contextRight: ' again' });
  });

  it.each([
    [phrase(50, 54), 'MENTIONS_SPAN_OUTSIDE_TEXT'],
    [phrase(7, 3), 'MENTIONS_SPAN_OUTSIDE_TEXT'],
    [phrase('x', 4), 'MENTIONS_INVALID_LINE'],
    [phrase(3, 7, '"Linz"'), 'MENTIONS_TEXT_MISMATCH'],
    [phrase(3, 7, '"Lenz"', '<#e>'), 'MENTIONS_UNKNOWN_DOCUMENT'],
  ])('%s gives %s', async (line, code) => {
    await expect(readAll(inputOf(prefixes, line))).rejects.toMatchObject({
      code,
      what: expect.stringContaining('#m') as string,
      details: { file: 'given.jsonl' },
    });
  });
});

it('a blank node and the NIL addresses stand for an entity that is not there', async () => {
  const withReference = (reference: string) => phrase(3, 7).replace('<http://example.org/Lenz>', reference);
  for (const reference of ['[]', '<http://aksw.org/notInWiki/Lenz>', '<http://example.org/NIL>']) {
    expect(await readAll(inputOf(prefixes, withReference(reference)))).toMatchObject([{ labels: [] }]);
  }
});

it('reads escaped titles', async () => {
  const line = phrase(3, 7).replace('http://example.org/Lenz', 'http://en.wikipedia.org/wiki/S%C3%A3o_Lenz');
  expect(await readAll(inputOf(prefixes, line))).toMatchObject([{ titles: ['São Lenz'] }]);
});

it('broken Turtle names file and line', async () => {
  await expect(readAll(inputOf(prefixes, '<#m> nif:beginIndex ;; 4 .'))).rejects.toMatchObject({
    code: 'MENTIONS_INVALID_LINE',
    details: { file: 'given.jsonl', line: 4 },
  });
  await expect(readAll(inputOf(prefixes, '<#m> nif:beginIndex "4'))).rejects.toMatchObject({
    code: 'MENTIONS_INVALID_LINE',
  });
});

it('an input that breaks off keeps its own error', async () => {
  async function* lines() {
    yield { number: 1, text: '@prefix nif: <http://example.org/> .' };
    throw new Error('disk gone');
  }
  await expect(readAll({ name: 'x', lines: lines() })).rejects.toThrow('disk gone');
});

import { afterAll, describe, expect, it } from 'vitest';
import { fixturePath, inputOf, openFixture, readAll } from '../test/read-fixture.js';
import { type BenchmarkFormat, benchmarkFormats, readBenchmark } from './index.js';
import { openZeshelDocuments } from './node.js';

const documents = openZeshelDocuments(fixturePath('zeshel/documents'));
afterAll(() => documents.close());

const own = { id: 'a', context_left: 'near ', mention: 'Lenz', context_right: '.', label_id: '1204' };
const wholeOf = ({ mention }: Awaited<ReturnType<typeof readAll>>[number]) =>
  `${mention.contextLeft}[${mention.surface}]${mention.contextRight}`;

describe("BLINK's benchmark lines", () => {
  it('give the page numbers as labels, and NIL where the script found no page', async () => {
    const mentions = await readAll(openFixture('blink.jsonl'));
    expect(mentions.map(wholeOf)).toEqual([
      'The museum in [Lenz] opened in May .',
      '[Mira Okafor] wrote the libretto .',
      'They sailed the [Tarn]',
    ]);
    expect(mentions.map(({ id, labels, titles }) => [id, labels, titles])).toEqual([
      ['1 news:0', ['1204'], ['Lenz (town)']],
      ['1 news:1', [], undefined],
      ['2 sport:0', ['77'], ['Tarn']],
    ]);
  });

  it.each([null, '', 'None', -1, '-1', '000', 0])('take %j for no page', async (label_id) => {
    const [mention] = await readAll(inputOf({ ...own, query_id: 'q', label_id }));
    expect(mention?.labels).toEqual([]);
  });
});

describe("KILT's lines", () => {
  it('give the marked mention, and every page that an answer names', async () => {
    const mentions = await readAll(openFixture('kilt.jsonl'));
    expect(mentions.map(wholeOf)).toEqual(['A bridge crosses the [Tarn] near the mill.', '[Lenz] fell silent.']);
    expect(mentions.map(({ id, labels, titles }) => [id, labels, titles])).toEqual([
      ['7:1', ['77'], ['Tarn']],
      ['7:2', ['1204', '1205'], ['Lenz (town)', 'Lenz']],
    ]);
  });

  it.each([
    [{ input: 'no mark', output: [] }, 'no [START_ENT]'],
    [{ input: 'a [START_ENT] b [END_ENT] c', output: 'b' }, '"output" must be a list'],
    [{ input: 'a [START_ENT] b [END_ENT] c', output: [{ provenance: [{ title: 'b' }] }] }, '"wikipedia_id"'],
    [{ input: 'a [START_ENT] b [END_ENT] c', output: ['b'] }, 'list of answers'],
  ])('%j is refused', async (line, words) => {
    await expect(readAll(inputOf(line))).rejects.toMatchObject({
      code: 'MENTIONS_INVALID_LINE',
      message: expect.stringContaining(words) as string,
    });
  });

  it('without answers, as in the test sets, is refused in words', async () => {
    const line = { input: 'a [START_ENT] b [END_ENT] c' };
    await expect(readAll(inputOf(line), { format: 'kilt' })).rejects.toThrow('this file has no answers');
  });
});

describe("ELEVANT's articles", () => {
  it('give the outermost labels inside the evaluated span, without dates and optional ones; unknown ones are NIL', async () => {
    const mentions = await readAll(openFixture('elevant.jsonl'));
    expect(mentions.map(({ id, mention, labels, titles }) => [id, mention.surface, labels, titles])).toEqual([
      ['3:1', 'Anna Weir', ['Q900001'], ['Anna Weir']],
      ['3:2', 'Lenz', [], undefined],
      ['3:3', 'Tarn valley', ['Q900002'], ['Tarn valley']],
      ['4:0', 'Lenz', ['Q900005'], undefined],
    ]);
    expect(mentions[0]?.mention.contextLeft, 'spans count code points').toBe('😀 In 1999 ');
  });

  it.each([
    [[3, 99], 'MENTIONS_SPAN_OUTSIDE_TEXT'],
    [[2, 2], 'MENTIONS_SPAN_OUTSIDE_TEXT'],
    [[-1, 2], 'MENTIONS_SPAN_OUTSIDE_TEXT'],
    [[0.5, 2], 'MENTIONS_INVALID_LINE'],
    ['0-2', 'MENTIONS_INVALID_LINE'],
  ])('the span %j gives %s', async (span, code) => {
    const line = { id: 1, text: 'Lenz', labels: [{ id: 0, span, entity_id: 'Q1' }] };
    await expect(readAll(inputOf('', line))).rejects.toMatchObject({ code, details: { file: 'given.jsonl', line: 2 } });
  });

  it('without an id of the entity are refused', async () => {
    const line = { id: 1, text: 'Lenz', labels: [{ id: 0, span: [0, 4] }] };
    await expect(readAll(inputOf(line))).rejects.toMatchObject({ code: 'MENTIONS_INVALID_LINE' });
  });
});

describe("Zeshel's mentions", () => {
  it('are found in their documents by inclusive word numbers', async () => {
    const mentions = await readAll(openFixture('zeshel/mentions/test.json'), { documents });
    expect(mentions.map(wholeOf)).toEqual([
      'Red Brick The red brick is the oldest brick of the set . It was made in [Oldtown] .',
      'Oldtown Oldtown is a grey city of plastic where every [Red Brick] is made .',
      'Captain Blue Captain Blue sails from [oldtown] to the moon .',
      'Straße des Drachen A card . The [DRAGON] sleeps .',
      'Dragon [A large lizard] with “wings” .',
    ]);
    expect(mentions.map(({ id, labels, overlap, mention }) => [id, labels, overlap, mention.world])).toEqual([
      ['M1', ['L2'], 'high_overlap', 'lego'],
      ['M2', ['L1'], 'high_overlap', 'lego'],
      ['M3', ['L2'], 'high_overlap', 'lego'],
      ['M4', ['Y2'], 'high_overlap', 'yugioh'],
      ['M5', ['Y2'], 'low_overlap', 'yugioh'],
    ]);
  });

  const line = {
    mention_id: 'M',
    context_document_id: 'L1',
    corpus: 'lego',
    start_index: 17,
    end_index: 17,
    text: 'Oldtown',
    label_document_id: 'L2',
    category: 'HIGH_OVERLAP',
  };
  it.each([
    [{ end_index: 19 }, 'MENTIONS_SPAN_OUTSIDE_TEXT'],
    [{ start_index: -1 }, 'MENTIONS_SPAN_OUTSIDE_TEXT'],
    [{ start_index: 18 }, 'MENTIONS_SPAN_OUTSIDE_TEXT'],
    [{ start_index: '17' }, 'MENTIONS_INVALID_LINE'],
    [{ text: 'Newtown' }, 'MENTIONS_TEXT_MISMATCH'],
    [{ label_document_id: 'L9' }, 'MENTIONS_UNKNOWN_LABEL'],
    [{ context_document_id: 'L9' }, 'MENTIONS_UNKNOWN_DOCUMENT'],
    [{ corpus: 7.5 }, 'MENTIONS_INVALID_LINE'],
  ])('with %j give %s, naming file and line', async (change, code) => {
    await expect(readAll(inputOf(line, { ...line, ...change }), { documents })).rejects.toMatchObject({
      code,
      what: expect.stringMatching(/^given\.jsonl, line 2: /) as string,
    });
  });

  it.each(['atlantis', '../lego', ''])(
    'of the world %j, which has no documents, give ZESHEL_NO_WORLD',
    async (corpus) => {
      await expect(readAll(inputOf({ ...line, corpus }), { documents })).rejects.toMatchObject({
        code: 'ZESHEL_NO_WORLD',
      });
    },
  );

  it('without documents say what is missing', async () => {
    await expect(readAll(inputOf(line))).rejects.toMatchObject({ code: 'MENTIONS_NO_DOCUMENTS' });
  });
});

describe('Zeshel as BLINK converts it', () => {
  const line = {
    context_left: 'made in',
    mention: 'oldtown',
    context_right: '.',
    label: 'Oldtown ...',
    label_id: 1,
    label_title: 'Oldtown',
    world: 'lego',
  };

  it('gives the id of the document at the labelled row', async () => {
    const [mention] = await readAll(inputOf(line), { documents });
    expect(mention).toEqual({
      id: '1',
      mention: { contextLeft: 'made in ', surface: 'oldtown', contextRight: ' .', world: 'lego' },
      labels: ['L2'],
      titles: ['Oldtown'],
    });
  });

  it.each([
    [{ label_id: 3 }, 'MENTIONS_UNKNOWN_LABEL'],
    [{ label_id: -1 }, 'MENTIONS_UNKNOWN_LABEL'],
    [{ label_id: 'L2' }, 'MENTIONS_INVALID_LINE'],
    [{ label_title: 'Red Brick' }, 'MENTIONS_TEXT_MISMATCH'],
    [{ world: 'atlantis' }, 'ZESHEL_NO_WORLD'],
  ])('with %j gives %s', async (change, code) => {
    await expect(readAll(inputOf({ ...line, ...change }), { documents })).rejects.toMatchObject({ code });
  });
});

describe('the format', () => {
  it('is found by the first line that is not empty', async () => {
    const blink = { context_left: '', mention: 'x', context_right: '', label_id: 3, Wikipedia_ID: 3 };
    expect(await readAll(inputOf('', ' ', blink))).toMatchObject([{ labels: ['3'] }]);
    expect(await readAll(inputOf(own))).toMatchObject([{ id: 'a', labels: ['1204'] }]);
    expect(await readAll(inputOf(''))).toEqual([]);
  });

  it('may be said', async () => {
    expect(await readAll(inputOf({ ...own, label_id: -1 }), { format: 'referent' })).toMatchObject([
      { labels: ['-1'] },
    ]);
    expect(await readAll(inputOf({ ...own, label_id: -1 }), { format: 'blink' })).toMatchObject([{ labels: [] }]);
  });

  it.each([['[{"mention": "x"}]'], ['{"name": "x"}'], ['{}']])('of %s is not recognised', async (line) => {
    await expect(readAll(inputOf(line))).rejects.toMatchObject({
      code: 'MENTIONS_UNKNOWN_FORMAT',
      details: { line: 1 },
      fix: expect.stringContaining('blink-zeshel') as string,
    });
  });

  it('names all formats where it is not recognised', async () => {
    const error = (await readAll(inputOf('{}')).catch((it: unknown) => it)) as { fix: string };
    for (const format of benchmarkFormats) expect(error.fix).toContain(format);
  });

  const good: Readonly<Record<Exclude<BenchmarkFormat, 'nif'>, object>> = {
    referent: own,
    blink: { ...own, query_id: 'q' },
    kilt: { input: '[START_ENT] x [END_ENT]', output: [] },
    elevant: { text: '', labels: [] },
    zeshel: {
      mention_id: 'M',
      context_document_id: 'L1',
      corpus: 'lego',
      start_index: 17,
      end_index: 17,
      text: 'Oldtown',
      label_document_id: 'L2',
    },
    'blink-zeshel': {
      context_left: '',
      mention: 'x',
      context_right: '',
      label: '',
      label_id: 0,
      label_title: 'Red Brick',
      world: 'lego',
    },
  };
  it.each(Object.entries(good))('%s: a broken line names file and line', async (_, line) => {
    for (const broken of ['{"mention": "x"', '3', 'null', '[]']) {
      await expect(readAll(inputOf(line, '', broken), { documents })).rejects.toMatchObject({
        code: 'MENTIONS_INVALID_LINE',
        details: { file: 'given.jsonl', line: 3 },
      });
    }
  });

  it('a first line that is no JSON names file and line', async () => {
    await expect(readAll(inputOf('mention,label'))).rejects.toMatchObject({
      code: 'MENTIONS_INVALID_LINE',
      details: { file: 'given.jsonl', line: 1 },
    });
  });

  it.each([
    [{ mention: 5, label_id: 'x' }, '"mention" must be a string'],
    [{ mention: 'x' }, '"label_id" is missing'],
    [{ mention: 'x', label_id: 'x', context_left: 5 }, '"context_left" must be a string'],
    [{ mention: 'x', label_id: 'x', candidates: [] }, '"candidates" must be a list of ids'],
  ])('referent: %j is refused', async (line, words) => {
    await expect(readAll(inputOf(line))).rejects.toMatchObject({
      code: 'MENTIONS_INVALID_LINE',
      message: expect.stringContaining(words) as string,
    });
  });

  it('blink: a line without a label is refused', async () => {
    const { label_id: _, ...line } = { ...own, query_id: 'q' };
    await expect(readAll(inputOf(line))).rejects.toMatchObject({ code: 'MENTIONS_INVALID_LINE' });
  });
});

it('closes its input when the reader stops, and when the first line ends it', async () => {
  for (const line of [JSON.stringify(own), '{}']) {
    let isClosed = false;
    async function* lines() {
      try {
        for (let number = 1; ; number++) yield { number, text: line };
      } finally {
        isClosed = true;
      }
    }
    const mentions = readBenchmark({ name: 'endless', lines: lines() });
    await mentions.next().catch(() => {});
    await mentions.return(undefined);
    expect(isClosed, line).toBe(true);
  }
});

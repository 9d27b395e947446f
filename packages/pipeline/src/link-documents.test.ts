import { isReferentError, type MentionDetector, type Progress } from '@referent/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakePipeline, fixedSource, wordDetector } from '../test/fakes.js';
import type { Document, LinkedDocument } from './index.js';

async function all(results: AsyncIterable<LinkedDocument>): Promise<LinkedDocument[]> {
  const list: LinkedDocument[] = [];
  for await (const result of results) list.push(result);
  return list;
}

/** Fails on mentions with this word around them; otherwise as the fixed source. */
function touchy(word: string) {
  const source = fixedSource('dense', { 0: 0.5, 1: 0.25 });
  const batches: number[] = [];
  return {
    batches,
    source: {
      ...source,
      retrieve(...[mentions, options]: Parameters<typeof source.retrieve>) {
        batches.push(mentions.length);
        if (mentions.some(({ contextRight }) => contextRight.includes(word))) throw new Error(`cannot read ${word}`);
        return source.retrieve(mentions, options);
      },
    },
  };
}

describe('linkDocuments', () => {
  test('gives the same as one text at a time, in order, with full batches', async () => {
    const word = fc.constantFrom('Paris', 'Troy', 'and', 'of', '😀');
    const texts = fc.array(
      fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 7 }), async (list, batchSize) => {
        const { source, batches } = touchy('never');
        const pipeline = fakePipeline({ sources: [source], batchSize });
        const results = await all(pipeline.linkDocuments(list.map((text, i) => ({ id: `${i}`, text }))));
        expect(batches.slice(0, -1).every((size) => size === batchSize)).toBe(true);
        const expected = await Promise.all(
          list.map(async (text, i) => ({ id: `${i}`, mentions: await pipeline.link(text) })),
        );
        expect(results).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('takes texts, texts with spans, and cut mentions', async () => {
    const documents: Document[] = [
      { id: 'a', text: 'in Paris' },
      { id: 'b', text: 'in paris', mentions: [{ start: 3, end: 8 }] },
      { id: 'c', contextLeft: 'to ', surface: 'Troy', contextRight: '', world: 'myth' },
    ];
    const results = await all(fakePipeline().linkDocuments(documents));
    expect(results.map(({ id, mentions }) => [id, ...mentions!.map(({ start, surface }) => [start, surface])])).toEqual(
      [
        ['a', [3, 'Paris']],
        ['b', [3, 'paris']],
        ['c', [3, 'Troy']],
      ],
    );
  });

  test('a bad document gives its error, and the others are linked', async () => {
    const documents = [
      { id: 'good', text: 'Paris' },
      { id: 'span', text: 'Paris', mentions: [{ start: 0, end: 9 }] },
      { id: 'textless' } as unknown as Document,
      null as unknown as Document,
      { id: 'cursed', text: 'Paris and Troy cursed' },
      { id: 'last', text: 'Troy' },
    ];
    const results = await all(fakePipeline({ sources: [touchy('cursed').source] }).linkDocuments(documents));
    expect(results.map(({ id, mentions }) => [id, mentions?.length])).toEqual([
      ['good', 1],
      ['span', undefined],
      ['textless', undefined],
      ['', undefined],
      ['cursed', undefined],
      ['last', 1],
    ]);
    expect(isReferentError(results[1]!.error, 'SPAN_INVALID')).toBe(true);
    expect(isReferentError(results[2]!.error, 'DOCUMENT_INVALID')).toBe(true);
    expect(isReferentError(results[3]!.error, 'DOCUMENT_INVALID')).toBe(true);
    expect(results[4]!.error!.message).toBe('cannot read cursed');
  });

  test('a document that failed in one batch is not tried in the next', async () => {
    const { source, batches } = touchy('cursed');
    const pipeline = fakePipeline({ sources: [source], batchSize: 2 });
    const [result] = await all(pipeline.linkDocuments([{ id: 'a', text: `${'Paris '.repeat(10)}cursed` }]));
    expect(result!.error).toBeInstanceOf(Error);
    expect(batches).toHaveLength(1);
  });

  test('reads no further than its reader needs', async () => {
    let read = 0;
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield { id: `${read++}`, text: 'Paris and Troy' };
      } finally {
        closed = true;
      }
    }
    for await (const { id } of fakePipeline({ batchSize: 4 }).linkDocuments(endless())) if (id === '9') break;
    expect(read).toBeLessThanOrEqual(12);
    expect(closed).toBe(true);
  });

  test('does not hoard documents that fill no batch', async () => {
    let read = 0;
    function* sparse() {
      for (;;) yield { id: `${read++}`, text: read === 1 ? 'Paris' : 'nothing' };
    }
    for await (const _ of fakePipeline().linkDocuments(sparse())) break;
    expect(read).toBeLessThanOrEqual(1024);
    read = 0;
    function* long() {
      for (;;) yield { id: `${read++}`, text: `Paris ${'x'.repeat(1 << 20)}` };
    }
    for await (const _ of fakePipeline().linkDocuments(long())) break;
    expect(read).toBeLessThanOrEqual(16);
  });

  test('stops with the reason, and throws what the input throws', async () => {
    const controller = new AbortController();
    const results = fakePipeline().linkDocuments(
      (function* () {
        yield { id: 'a', text: 'Paris' };
        controller.abort(new Error('stopped'));
        yield { id: 'b', text: 'Troy' };
      })(),
      { signal: controller.signal },
    );
    await expect(all(results)).rejects.toThrow('stopped');
    // biome-ignore lint/correctness/useYield: an input that breaks at once
    const broken = (function* (): Generator<Document> {
      throw new Error('no such file');
    })();
    await expect(all(fakePipeline().linkDocuments(broken))).rejects.toThrow('no such file');
  });

  test('stopping inside a batch is no error of a document', async () => {
    const controller = new AbortController();
    const detector = { ...wordDetector };
    const source = {
      name: 'dense',
      async retrieve(): Promise<never> {
        controller.abort(new Error('stopped'));
        throw controller.signal.reason;
      },
    };
    const pipeline = fakePipeline({ detector, sources: [source] });
    const results = pipeline.linkDocuments([{ id: 'a', text: 'Paris' }], { signal: controller.signal });
    await expect(all(results)).rejects.toThrow('stopped');
  });

  test('counts documents as they are handed out', async () => {
    const done: number[] = [];
    const documents = ['Paris', '', 'Troy'].map((text, i) => ({ id: `${i}`, text }));
    await all(fakePipeline().linkDocuments(documents, { onProgress: (progress) => done.push(progress.done) }));
    expect(done).toEqual([1, 2, 3]);
  });

  test('shows how far it has come in a document that takes long', async () => {
    const mentions: string[] = [];
    const onProgress = ({ step, done, total }: Progress) => mentions.push(`${step} ${done}/${total}`);
    const short = { id: 'short', text: 'Paris '.repeat(16) };
    await all(fakePipeline({ batchSize: 2 }).linkDocuments([short], { onProgress }));
    expect(mentions).toEqual(['link documents 1/undefined']);
    const long = { id: 'long', text: 'Paris '.repeat(17) };
    await all(fakePipeline({ batchSize: 2 }).linkDocuments([long], { onProgress }));
    expect(mentions.slice(1, 4)).toEqual(['link mentions 2/17', 'link mentions 4/17', 'link mentions 6/17']);
  });

  test('lets the detector show how far it has come in a long text, and only there', async () => {
    const steps = new Set<string>();
    const detector: MentionDetector = {
      name: 'slow',
      async detect(text, { onProgress } = {}) {
        onProgress?.({ step: 'find mentions', done: 1, total: text.length, unit: 'characters' });
        return [];
      },
    };
    const link = (text: string) =>
      all(fakePipeline({ detector }).linkDocuments([{ id: 'a', text }], { onProgress: ({ step }) => steps.add(step) }));
    await link('short');
    expect([...steps]).toEqual(['link documents']);
    await link(' '.repeat(2 ** 20 + 1));
    expect([...steps]).toContain('find mentions');
  });
});

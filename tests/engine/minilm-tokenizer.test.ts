/** The real vocabulary of all-MiniLM-L6-v2 against the reference: packages/tokenizer/test/goldens/make-goldens.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchModel } from '@referent/runtime';
import { createTokenizer } from '@referent/tokenizer';
import { expect, it } from 'vitest';
import { cacheFolder } from './start.js';

const golden = JSON.parse(
  readFileSync(new URL('../../packages/tokenizer/test/goldens/minilm.json', import.meta.url), 'utf8'),
) as { cases: { text: string; ids: number[]; offsets: [number, number][] }[] };

it('cuts hard texts into the ids and offsets of the reference', async () => {
  const folder = await fetchModel({ name: 'all-minilm-l6-v2', cacheFolder });
  const tokenizer = createTokenizer({ tokenizerJson: readFileSync(join(folder, 'tokenizer.json'), 'utf8') });
  expect(tokenizer.special).toEqual({ cls: 101, sep: 102, pad: 0, unknown: 100 });
  expect(tokenizer.markers).toEqual({ mentionStart: 1, mentionEnd: 2, title: 3 });
  expect(golden.cases.length).toBeGreaterThan(150);
  for (const expected of golden.cases) {
    const { ids, offsets } = tokenizer.encodeWithOffsets(expected.text);
    expect({ text: expected.text, ids, offsets: offsets.map(({ start, end }) => [start, end]) }).toEqual(expected);
  }
});

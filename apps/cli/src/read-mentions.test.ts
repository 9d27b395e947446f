import { describe, expect, it } from 'vitest';
import { type LabelledMention, readMentions } from './read-mentions.js';

const mention = { id: 'm', context_left: 'by the ', mention: 'bank', context_right: ' we sat', label_id: 'slope' };

async function read(...lines: readonly object[]): Promise<LabelledMention[]> {
  async function* chunks() {
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  }
  const all: LabelledMention[] = [];
  for await (const one of readMentions({ name: 'dev.jsonl', chunks: chunks() })) all.push(one);
  return all;
}

describe('candidates of a mention', () => {
  it('are read as ids, whatever they were written as, and are absent where they were not given', async () => {
    const [given, without] = await read({ ...mention, candidates: ['slope', 'money', 7] }, mention);
    expect(given!.candidates).toEqual(['slope', 'money', '7']);
    expect(given!.labels).toEqual(['slope']);
    expect(without).not.toHaveProperty('candidates');
  });

  it.each([[[]], ['slope'], [{ slope: 1 }], [null]])(
    'that are %j are refused, with file and line: passing them over would change the figures',
    async (candidates) => {
      await expect(read(mention, { ...mention, candidates })).rejects.toMatchObject({
        code: 'MENTIONS_INVALID_LINE',
        details: { file: 'dev.jsonl', line: 2 },
        message: expect.stringContaining('"candidates" must be a list of ids') as string,
      });
    },
  );
});

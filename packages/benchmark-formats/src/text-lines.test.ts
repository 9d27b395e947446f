import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textLines } from './index.js';

async function cut(chunks: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const { number, text } of textLines(chunks)) {
    expect(number).toBe(lines.length + 1);
    lines.push(text);
  }
  return lines;
}

it('gives the same lines however the text is cut into pieces', async () => {
  const piece = fc.constantFrom('a', '\n', '\u2028', 'bc', '', '\r', '😀');
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const whole = pieces.join('').split('\n');
      if (whole.at(-1) === '') whole.pop();
      expect(await cut(pieces)).toEqual(whole);
    }),
  );
});

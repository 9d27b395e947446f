export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Cuts a text that comes in pieces into lines, in the memory of the longest line. */
export async function* textLines(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<TextLine> {
  // Lines end with LF only: U+2028 and its like occur inside JSON texts, and a CR before the LF is a blank to JSON.
  let number = 0;
  let open: string[] = [];
  for await (const chunk of chunks) {
    const lines = chunk.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      yield { number: ++number, text: open.length > 0 ? open.join('') + line : line };
      open = [];
    }
    if (last !== '') open.push(last);
  }
  if (open.length > 0) yield { number: ++number, text: open.join('') };
}

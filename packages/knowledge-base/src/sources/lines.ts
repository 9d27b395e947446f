import { isUtf8 } from 'node:buffer';

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end. Empty where the line is too long. */
  readonly text: string;
  readonly tooLong?: boolean;
  /** Bytes that are not UTF-8 were replaced by U+FFFD. */
  readonly invalidUtf8?: boolean;
}

/** A longer line is no entity but a wrong file: it is passed over without being kept in memory. */
export const maxLineBytes = 64 * 1024 * 1024;

const newline = 10;
const carriageReturn = 13;

/**
 * Cuts a stream of bytes into lines, a batch per chunk, skipping the first `skip` lines. Ends of lines are LF or
 * CRLF (never U+2028 or a lone CR, which occur inside texts); a last line may lack its end; a BOM is dropped.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  { skip = 0, maxBytes = maxLineBytes }: { skip?: number; maxBytes?: number } = {},
): AsyncGenerator<Line[]> {
  let number = 0;
  let parts: Buffer[] = []; // of the line that the last chunk left open
  let length = 0;

  const finish = (): Line | undefined => {
    number++;
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const tooLong = length > maxBytes;
    parts = [];
    length = 0;
    if (number <= skip) return undefined;
    return tooLong ? { number, text: '', tooLong } : toLine(bytes, number);
  };
  const keep = (bytes: Buffer) => {
    length += bytes.length;
    if (number < skip) return;
    if (length > maxBytes) parts = [];
    else parts.push(bytes);
  };

  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      keep(chunk.subarray(start, end));
      const line = finish();
      if (line) lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (length > 0) {
    const line = finish();
    if (line) yield [line];
  }
}

function toLine(bytes: Buffer, number: number): Line {
  const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
  const text = bytes.toString('utf8', number === 1 && hasBom(bytes) ? 3 : 0, end);
  return isUtf8(bytes) ? { number, text } : { number, text, invalidUtf8: true };
}

function hasBom(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

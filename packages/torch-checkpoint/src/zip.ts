/** The table of contents of a zip file: PKWARE's APPNOTE 4.3. Only what torch.save writes: stored entries, one disk, zip64. */
import { fileOf, viewOf } from './byte-source.js';
import { corrupt, overLimit, unsupportedFile } from './errors.js';
import type { ByteSource } from './types.js';

export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  /** Byte of the file at which the entry's own header begins. */
  readonly header: number;
}

const endRecord = { signature: 0x06054b50, size: 22, longestComment: 0xffff };
const end64Locator = { signature: 0x07064b50, size: 20 };
const end64Record = { signature: 0x06064b50, size: 56 };
const centralHeader = { signature: 0x02014b50, size: 46 };
const localHeader = { signature: 0x04034b50, size: 30 };
const longestDirectory = 64 * 2 ** 20;

/** The entries by name; undefined where the end of the file, which holds the table, is missing. */
export async function readZipEntries(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry> | undefined> {
  const file = fileOf(source);
  const length = Math.min(source.size, endRecord.size + endRecord.longestComment + end64Locator.size);
  const tail = viewOf(await source.read(source.size - length, length));
  let at = length - endRecord.size;
  while (at >= 0 && tail.getUint32(at, true) !== endRecord.signature) at--;
  if (at < 0) return undefined;
  let directory = { size: tail.getUint32(at + 12, true), start: tail.getUint32(at + 16, true) };
  const locator = at - end64Locator.size;
  if (locator >= 0 && tail.getUint32(locator, true) === end64Locator.signature) {
    const record = viewOf(await readWithin(source, uint64(tail, locator + 8), end64Record.size));
    if (record.getUint32(0, true) !== end64Record.signature)
      throw corrupt(file, 'Its zip64 record is not in its place');
    directory = { size: uint64(record, 40), start: uint64(record, 48) };
  }
  if (directory.size > longestDirectory) throw overLimit(file, 'its table of contents is too long', longestDirectory);
  const bytes = await readWithin(source, directory.start, directory.size);
  const entries = new Map<string, ZipEntry>();
  for (let position = 0; position < bytes.length; ) {
    const { entry, next } = readEntry(bytes, position, file);
    if (entries.has(entry.name)) throw corrupt(file, `Its table of contents names ${entry.name} twice`);
    if (entry.header + localHeader.size + entry.size > source.size) {
      throw corrupt(file, `${entry.name} should end after the file does`, { entry: entry.name });
    }
    entries.set(entry.name, entry);
    position = next;
  }
  return entries;
}

/** Byte of the file at which an entry's contents begin. */
export async function contentsOf(source: ByteSource, { header, name, size }: ZipEntry): Promise<number> {
  const view = viewOf(await readWithin(source, header, localHeader.size));
  if (view.getUint32(0, true) !== localHeader.signature) throw corrupt(fileOf(source), `${name} is not in its place`);
  const start = header + localHeader.size + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + size > source.size) throw corrupt(fileOf(source), `${name} should end after the file does`);
  return start;
}

function readEntry(bytes: Uint8Array, position: number, file: string): { entry: ZipEntry; next: number } {
  const view = viewOf(bytes);
  const broken = () => corrupt(file, 'Its table of contents is broken');
  if (position + centralHeader.size > bytes.length) throw broken();
  if (view.getUint32(position, true) !== centralHeader.signature) throw broken();
  const nameEnd = position + centralHeader.size + view.getUint16(position + 28, true);
  const extraEnd = nameEnd + view.getUint16(position + 30, true);
  const next = extraEnd + view.getUint16(position + 32, true);
  if (next > bytes.length) throw broken();
  const name = new TextDecoder().decode(bytes.subarray(position + centralHeader.size, nameEnd));
  if (view.getUint16(position + 10, true) !== 0 || view.getUint16(position + 8, true) & 1) {
    const fix = 'Unpack it and zip it again without compression (zip -0), or save it again with torch.save.';
    throw unsupportedFile(file, `Its entry ${name} is compressed or encrypted`, fix);
  }
  const short = [
    view.getUint32(position + 24, true),
    view.getUint32(position + 20, true),
    view.getUint32(position + 42, true),
  ];
  const [size, stored, header] = longSizes(viewOf(bytes.subarray(nameEnd, extraEnd)), short);
  if (size === undefined || size !== stored || header === undefined) throw broken();
  return { entry: { name, size, header }, next };
}

/** Sizes of 4 GiB and more stand in an extra field, in this order, each only where its short form is all ones. */
function longSizes(extra: DataView, short: readonly number[]): (number | undefined)[] {
  let field = 0;
  while (field + 4 <= extra.byteLength && extra.getUint16(field, true) !== 1)
    field += 4 + extra.getUint16(field + 2, true);
  let position = field + 4;
  return short.map((value) => {
    if (value !== 0xffffffff) return value;
    if (position + 8 > extra.byteLength) return undefined;
    position += 8;
    return uint64(extra, position - 8);
  });
}

/** Numbers beyond 2^53 lose their last digits, and are beyond any file. */
function uint64(view: DataView, position: number): number {
  return Number(view.getBigUint64(position, true));
}

async function readWithin(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  if (offset + length > source.size) throw corrupt(fileOf(source), 'Its table of contents points behind its end');
  return source.read(offset, length);
}

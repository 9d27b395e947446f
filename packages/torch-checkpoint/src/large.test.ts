import { expect, it } from 'vitest';
import { bytesOf, legacyFile, protocol, tensor, uint32 } from '../test/support/pickles.js';
import { openTorchCheckpoint } from './checkpoint.js';
import type { ByteSource } from './types.js';

const rows = 5_903_527; // as BLINK's all_entities_large.t7, 24 GB
const columns = 1024;
const count = rows * columns;
const size = count * 4;
const object = bytesOf(
  protocol,
  tensor({
    count: [...bytesOf('\x8a\x08', uint64(count))],
    shape: [...bytesOf('J', uint32(rows), 'M', 0, 4, '\x86')],
    strides: [...bytesOf('M', 0, 4, 'K\x01\x86')],
  }),
  '.',
);
const lastRow = Float32Array.from({ length: columns }, (_, i) => i / 8);

it('reads a legacy file of 24 GB by rows', async () => {
  const head = legacyFile(object, [{ key: '0', data: new Float32Array(0) }]).slice(0, -8);
  const start = head.length + 8;
  await check(
    holed(start + size, [0, head], [head.length, uint64(count)], [start + size - columns * 4, bytesOfFloats(lastRow)]),
  );
});

it('reads a zip file of 24 GB by rows', async () => {
  const entry = (signature: string, made: number[], sizes: number[], name: string, rest: number[], extra: number[]) =>
    bytesOf(signature, made, new Uint8Array(12), sizes, [name.length, 0, extra.length, 0], rest, name, extra);
  const allOnes = uint32(0xffffffff);
  const local = (name: string) => entry('PK\x03\x04', [45, 0], [0, 0, 0, 0, 0, 0, 0, 0], name, [], []);
  const central = (name: string, bytes: number, position: number) =>
    entry(
      'PK\x01\x02',
      [45, 0, 45, 0],
      [...allOnes, ...allOnes],
      name,
      [...new Uint8Array(10), ...allOnes],
      [...[1, 0, 24, 0], ...[...uint64(bytes), ...uint64(bytes), ...uint64(position)]],
    );
  const before = bytesOf(local('x/data.pkl'), object, local('x/data/0'));
  const end = before.length + size;
  const directory = bytesOf(
    central('x/data.pkl', object.length, 0),
    central('x/data/0', size, before.length - local('x/data/0').length),
  );
  const record = bytesOf('PK\x06\x06', uint64(44), new Uint8Array(28), uint64(directory.length), uint64(end));
  const locator = bytesOf('PK\x06\x07', uint32(0), uint64(end + directory.length), uint32(1));
  const last = bytesOf('PK\x05\x06', uint32(0), [255, 255, 255, 255], allOnes, allOnes, [0, 0]);
  const tail = bytesOf(directory, record, locator, last);
  await check(holed(end + tail.length, [0, before], [end - columns * 4, bytesOfFloats(lastRow)], [end, tail]));
});

async function check(source: ByteSource): Promise<void> {
  const checkpoint = await openTorchCheckpoint(source);
  expect(checkpoint.tensors).toEqual([{ name: '', dtype: 'float32', shape: [rows, columns] }]);
  expect(await checkpoint.rows('', rows - 1, rows)).toEqual(lastRow);
  expect(await checkpoint.rows('', rows - 3, rows - 2)).toEqual(new Float32Array(columns));
  const { value } = await checkpoint.rowBlocks('', { start: rows - 5000 }).next();
  expect(value).toMatchObject({ start: rows - 5000, rows: 2048 });
}

/** A file of zeros with some bytes in some places. */
function holed(length: number, ...parts: readonly (readonly [start: number, bytes: ArrayLike<number>])[]): ByteSource {
  return {
    size: length,
    async read(offset, count) {
      const bytes = new Uint8Array(count);
      for (const [start, part] of parts) {
        const from = Math.max(start, offset);
        const to = Math.min(start + part.length, offset + count);
        for (let i = from; i < to; i++) bytes[i - offset] = part[i - start]!;
      }
      return bytes;
    },
  };
}

function uint64(value: number): number[] {
  return [...uint32(value % 2 ** 32), ...uint32(Math.floor(value / 2 ** 32))];
}

function bytesOfFloats(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer);
}

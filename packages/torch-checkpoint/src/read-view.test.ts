import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesSource } from './byte-source.js';
import { countOf, spanOf, type View } from './pickle/check-view.js';
import { readPieces, readRegion } from './read-view.js';

/** Any view with strides that may repeat, overlap or turn, in a storage that begins anywhere. */
const views = fc
  .record({
    sizes: fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 40 })), { maxLength: 4 }),
    offset: fc.integer({ min: 0, max: 9 }),
    start: fc.integer({ min: 0, max: 17 }),
    width: fc.constantFrom(1, 2, 4, 8),
    pieces: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ sizes, ...rest }) => ({
    ...rest,
    shape: sizes.map(([size]) => size),
    strides: sizes.map(([, stride]) => stride),
  }));

/** The slow twin: every number on its own, by its indices. */
function numbersOf(file: Uint8Array, start: number, width: number, { offset, shape, strides }: View): Uint8Array {
  const numbers: number[] = [];
  for (let i = 0; i < countOf(shape); i++) {
    let [rest, at] = [i, offset];
    for (let d = shape.length - 1; d >= 0; d--) {
      at += (rest % shape[d]!) * strides[d]!;
      rest = Math.floor(rest / shape[d]!);
    }
    for (let byte = 0; byte < width; byte++) numbers.push(file[start + at * width + byte]!);
  }
  return Uint8Array.from(numbers);
}

it('gathers by ranges what picking number by number gives', async () => {
  await fc.assert(
    fc.asyncProperty(views, async ({ start, width, pieces, ...view }) => {
      const file = Uint8Array.from({ length: start + (view.offset + spanOf(view)) * width }, (_, i) => i * 167);
      const region = { source: bytesSource(file), start, width, view };
      const expected = numbersOf(file, start, width, view);
      expect(new Uint8Array(await readRegion(region, { pieceBytes: pieces * 8 }))).toEqual(expected);
      expect(new Uint8Array(await readRegion(region))).toEqual(expected);
      const joined: number[] = [];
      for await (const piece of readPieces(region, { pieceBytes: pieces * 8 })) joined.push(...piece);
      expect(Uint8Array.from(joined)).toEqual(expected);
    }),
    { seed: 5, numRuns: 300 },
  );
});

it('never asks for more than a piece, and reads a turned matrix once', async () => {
  const file = new Uint8Array(64 * 1024);
  const asked: number[] = [];
  const source = {
    size: file.length,
    async read(offset: number, length: number) {
      asked.push(length);
      return file.subarray(offset, offset + length);
    },
  };
  const view = { offset: 0, shape: [64, 256], strides: [1, 64] };
  await readRegion({ source, start: 0, width: 4, view }, { pieceBytes: 4096 });
  expect(Math.max(...asked)).toBeLessThanOrEqual(4096);
  expect(asked.reduce((sum, length) => sum + length, 0)).toBe(file.length);
});

it('stops between two pieces, and tells how far it is', async () => {
  const region = {
    source: bytesSource(new Uint8Array(64)),
    start: 0,
    width: 4,
    view: { offset: 0, shape: [16], strides: [1] },
  };
  const controller = new AbortController();
  const done: number[] = [];
  const onProgress = (progress: { done: number }) => {
    done.push(progress.done);
    if (progress.done === 32) controller.abort(new Error('enough'));
  };
  await expect(readRegion(region, { pieceBytes: 16, signal: controller.signal, onProgress })).rejects.toThrow('enough');
  expect(done).toEqual([16, 32]);
  const turned = { ...region, view: { offset: 0, shape: [4, 4], strides: [1, 4] } };
  await expect(readRegion(turned, { signal: controller.signal })).rejects.toThrow('enough');
});

it('says so where a tensor is larger than memory can be', async () => {
  const view = { offset: 0, shape: [2 ** 51], strides: [1] };
  await expect(readRegion({ source: bytesSource(new Uint8Array(0)), start: 0, width: 4, view })).rejects.toMatchObject({
    code: 'TORCH_TENSOR_TOO_LARGE',
  });
});

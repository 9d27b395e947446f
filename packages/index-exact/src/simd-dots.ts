/** Values in one SIMD register: lengths are padded to a multiple of it. */
export const laneCount = 4;

/**
 * Inner products of one vector with four others, `count` times. All numbers are in bytes, all vectors in `memory`.
 * After each time the pointers move by their steps; the four results are `resultStride` apart.
 */
export type Dots = (
  one: number,
  four: number, // four vectors, one after another
  results: number,
  count: number, // 1 or more
  vectorBytes: number, // a multiple of 16
  oneStep: number,
  fourStep: number,
  resultStep: number,
  resultStride: number,
) => void;

export interface SimdDots {
  readonly memory: Float32Array;
  readonly dots: Dots;
}

/** The part of WebAssembly that is used; TypeScript knows it only with the types of a browser. */
interface WebAssemblyHost {
  readonly WebAssembly?: {
    readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
  };
}

const pageBytes = 65536;
let compiled: object | undefined;

/** Undefined where the platform has no WebAssembly with SIMD, or forbids it. */
export function createSimdDots(floats: number): SimdDots | undefined {
  const { WebAssembly } = globalThis as WebAssemblyHost;
  if (!WebAssembly) return undefined;
  try {
    compiled ??= new WebAssembly.Module(moduleBytes());
    const memory = new WebAssembly.Memory({ initial: Math.ceil((floats * 4) / pageBytes) });
    const { exports } = new WebAssembly.Instance(compiled, { host: { memory } });
    return { memory: new Float32Array(memory.buffer), dots: exports.dots as Dots };
  } catch {
    return undefined; // no SIMD, or a content security policy without 'wasm-unsafe-eval'
  }
}

// Locals: the nine parameters, then i32 `offset` and three more pointers, then the vectors.
const [one, four, results, count, vectorBytes, oneStep, fourStep, resultStep, resultStride] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
];
const [offset, second, third, fourth] = [9, 10, 11, 12];
const [sums, vector] = [[13, 14, 15, 16], 17] as const;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const i32 = (value: number) => [0x41, value];
const add = [0x6a];
const load = [0xfd, 0x00, 4, 0]; // v128.load, aligned to 2^4
const multiplyVectors = [0xfd, 0xe6, 0x01];
const addVectors = [0xfd, 0xe4, 0x01];
const lane = (at: number) => [0xfd, 0x1f, at];
const addFloats = [0x92];
const storeFloat = [0x38, 2, 0];
const zeroVector = [0xfd, 0x0c, ...Array<number>(16).fill(0)];
const loop = (...body: number[][]) => [0x03, 0x40, ...body.flat(), 0x0b];
const repeatIf = [0x0d, 0];
const increase = (local: number, by: number[]) => [...get(local), ...by, ...add, ...set(local)];

/** The program, in the binary format of the WebAssembly specification 2.0. */
function moduleBytes(): Uint8Array {
  const pointers = [four, second, third, fourth];
  const multiplyAndAdd = (at: number) => [
    ...get(sums[at]!),
    ...[...get(vector), ...get(pointers[at]!), ...get(offset), ...add, ...load, ...multiplyVectors],
    ...addVectors,
    ...set(sums[at]!),
  ];
  const storeSum = (at: number) => [
    ...get(results),
    ...Array.from({ length: at }, () => [...get(resultStride), ...add]).flat(),
    ...[0, 1].flatMap((at0) => [...get(sums[at]!), ...lane(at0)]),
    ...addFloats,
    ...[2, 3].flatMap((at0) => [...get(sums[at]!), ...lane(at0)]),
    ...addFloats,
    ...addFloats,
    ...storeFloat,
  ];
  const code = loop(
    ...[second, third, fourth].map((pointer, at) => [
      ...get(pointers[at]!),
      ...get(vectorBytes),
      ...add,
      ...set(pointer),
    ]),
    ...sums.map((sum) => [...zeroVector, ...set(sum)]),
    [...i32(0), ...set(offset)],
    loop(
      [...get(one), ...get(offset), ...add, ...load, ...set(vector)],
      ...[0, 1, 2, 3].map(multiplyAndAdd),
      increase(offset, i32(16)),
      [...get(offset), ...get(vectorBytes), 0x49, ...repeatIf], // while offset < vectorBytes
    ),
    ...[0, 1, 2, 3].map(storeSum),
    increase(one, get(oneStep)),
    increase(four, get(fourStep)),
    increase(results, get(resultStep)),
    increase(count, i32(0x7f)), // - 1
    [...get(count), ...repeatIf],
  );
  const locals = [2, 4, 0x7f, 5, 0x7b]; // four i32, five v128
  const body = [...locals, ...code, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 9, ...Array<number>(9).fill(0x7f), 0]), // one type: nine i32, no result
    ...section(2, [1, ...name('host'), ...name('memory'), 0x02, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('dots'), 0, 0]),
    ...section(10, [1, ...size(body.length), ...body]),
  ]);
}

const section = (id: number, bytes: number[]) => [id, ...size(bytes.length), ...bytes];
const name = (text: string) => [text.length, ...Array.from(text, (character) => character.charCodeAt(0))];
/** LEB128, for lengths under 2^14. */
const size = (value: number) => (value < 128 ? [value] : [(value & 127) | 128, value >> 7]);

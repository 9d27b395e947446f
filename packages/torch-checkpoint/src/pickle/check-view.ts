import { corrupt, overLimit } from '../errors.js';

const mostDimensions = 64;
/** A tensor may repeat its numbers (expand), so it can be larger than the file that it is in. */
const mostRepeatedBytes = 256 * 2 ** 20;

export interface View {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Numbers in a shape. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Numbers from a view's first to its last, both included. */
export function spanOf({ shape, strides }: Pick<View, 'shape' | 'strides'>): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, size, i) => span + (size - 1) * strides[i]!, 1);
}

/** Holds a tensor's place to its storage of `count` numbers, and its size to what memory may be asked for. */
export function checkView(view: View, count: number, width: number, file: string): void {
  const { shape, strides, offset } = view;
  if (shape.length > mostDimensions) throw overLimit(file, `a tensor of ${shape.length} dimensions`, mostDimensions);
  if (shape.length !== strides.length) throw corrupt(file, 'A tensor has not as many strides as dimensions');
  const span = spanOf(view);
  if (!Number.isSafeInteger(offset) || (span > 0 && offset + span > count)) {
    const why = `A tensor [${shape}] ends at number ${offset + span} of a storage of ${count}`;
    throw corrupt(file, why, { expected: offset + span, found: count });
  }
  const bytes = countOf(shape) * width;
  if (bytes > count * width && bytes > mostRepeatedBytes) {
    throw overLimit(file, `a tensor [${shape}] that repeats ${count} numbers`, mostRepeatedBytes);
  }
}

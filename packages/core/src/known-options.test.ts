import { expect, it } from 'vitest';
import { assertKnownOptions, nearestOf } from './known-options.js';

const known = ['dimensions', 'quantization', 'product'];

it('lets known options pass, and those without a value', () => {
  expect(() =>
    assertKnownOptions('createIndex', { dimensions: 2, product: null, other: undefined }, known),
  ).not.toThrow();
});

it('refuses a misspelt option and names the nearest one', () => {
  expect(() => assertKnownOptions('createIndex', { dimensions: 2, quantisation: 'f16' }, known)).toThrow(
    expect.objectContaining({
      code: 'UNKNOWN_OPTION',
      message: 'createIndex has no option "quantisation". Did you mean "quantization"?',
      details: { caller: 'createIndex', option: 'quantisation', known },
    }),
  );
});

it('lists what there is where nothing is near', () => {
  expect(() => assertKnownOptions('createIndex', { verbose: true }, known)).toThrow(
    'createIndex has no option "verbose". It has dimensions, quantization, product.',
  );
});

it('finds the nearest name, whatever its case, and none that is far', () => {
  expect(nearestOf('Product', known)).toBe('product');
  expect(nearestOf('dimension', known)).toBe('dimensions');
  expect(nearestOf('x', ['y'])).toBeUndefined();
  // Two changes are few in any word, three in one of nine letters, and not in one of eight.
  expect(nearestOf('prdct', known)).toBe('product');
  expect(nearestOf('threshold', ['thrushxyd'])).toBe('thrushxyd');
  expect(nearestOf('threshol', ['thrushxy'])).toBeUndefined();
  expect(nearestOf('abcdefgh', ['abcdeXYZ'])).toBeUndefined();
  expect(nearestOf('anything', [])).toBeUndefined();
});

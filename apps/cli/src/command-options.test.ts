import { describe, expect, it } from 'vitest';
import { candidateSources, examples, positiveInteger, probability, rerankDepth } from './command-options.js';

describe('values of options', () => {
  it('are read', () => {
    expect(positiveInteger('12')).toBe(12);
    expect(probability('0')).toBe(0);
    expect(probability('0.25')).toBe(0.25);
    expect(rerankDepth('off')).toBe('off');
    expect(rerankDepth('16')).toBe(16);
    expect(candidateSources('dense, names')).toEqual(['dense', 'names']);
    expect(() => candidateSources('dense,web')).toThrow('dense, names, lexical');
  });

  it.each(['0', '-1', '1.5', '', 'many', 'Infinity'])('refuse %j as a count', (value) => {
    expect(() => positiveInteger(value)).toThrow('positive integer');
    expect(() => rerankDepth(value)).toThrow('positive integer');
  });

  it.each(['-0.1', '1.1', '', ' ', 'half', 'NaN'])('refuse %j as a probability', (value) => {
    expect(() => probability(value)).toThrow('between 0 and 1');
  });
});

it('lists examples with what they mean', () => {
  expect(examples(['referent demo', ''], ['referent setup', 'once'])).toBe(
    '\nExamples:\n  $ referent demo\n  $ referent setup   # once\n',
  );
});

import { expect, it } from 'vitest';
import { isReferentError, ReferentError } from './errors.js';

it('says what, why and what to do, and keeps the parts', () => {
  const error = new ReferentError('A_CODE', {
    what: 'It broke.',
    why: 'Too hot.',
    fix: 'Cool it.',
    details: { degrees: 99 },
  });
  expect(error.message).toBe('It broke. Too hot. Cool it.');
  expect(error).toMatchObject({
    code: 'A_CODE',
    what: 'It broke.',
    why: 'Too hot.',
    fix: 'Cool it.',
    details: { degrees: 99 },
  });
});

it('keeps the cause', () => {
  const cause = new Error('below');
  expect(new ReferentError('A_CODE', { what: 'It broke.', cause }).cause).toBe(cause);
});

it('is recognised across installed copies, by marker and code', () => {
  const foreign = Object.assign(new Error('from another copy'), {
    code: 'A_CODE',
    [Symbol.for('referent.error')]: true,
  });
  expect(isReferentError(foreign)).toBe(true);
  expect(isReferentError(foreign, 'A_CODE')).toBe(true);
  expect(isReferentError(foreign, 'OTHER')).toBe(false);
  expect(isReferentError(new Error('plain'))).toBe(false);
  expect(isReferentError('text')).toBe(false);
});

it('has no cause that was not given, and a marker that no copy of its parts shows', () => {
  const error = new ReferentError('A_CODE', { what: 'It broke.' });
  expect(error.message).toBe('It broke.');
  expect(error.details).toEqual({});
  expect('cause' in error).toBe(false);
  expect(Object.getOwnPropertySymbols({ ...error })).toEqual([]);
  expect(isReferentError(error)).toBe(true);
});

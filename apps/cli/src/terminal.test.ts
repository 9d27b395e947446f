import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { colorsFor, formatBytes, formatCount, formatDuration, widthOf } from './terminal.js';

it('formats amounts as a person reads them', () => {
  expect([0, 999, 1000, 123_456, 1.5e9].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '123 kB', '1.5 GB']);
  expect([239_600, 59_700, 3_599_800].map(formatDuration)).toEqual(['4 min 0 s', '1 min 0 s', '1 h 0 min']);
  expect([400, 59_400, 200_000, 7_500_000].map(formatDuration)).toEqual(['0.4 s', '59 s', '3 min 20 s', '2 h 5 min']);
  expect(formatCount(1234567)).toBe('1,234,567');
});

it('does not believe in a terminal without columns', () => {
  expect(widthOf(Object.assign(new Writable(), { columns: 0 }), 80)).toBe(80);
  expect(widthOf(Object.assign(new Writable(), { columns: 120 }), 80)).toBe(120);
  expect(widthOf(new Writable(), 80)).toBe(80);
});

it('colours a terminal only, and does as NO_COLOR and FORCE_COLOR say', () => {
  const terminal = Object.assign(new Writable(), { isTTY: true });
  const pipe = new Writable();
  expect(colorsFor(terminal, {}).isColorSupported).toBe(true);
  expect(colorsFor(pipe, {}).isColorSupported).toBe(false);
  expect(colorsFor(terminal, { NO_COLOR: '1' }).isColorSupported).toBe(false);
  expect(colorsFor(terminal, { TERM: 'dumb' }).isColorSupported).toBe(false);
  expect(colorsFor(pipe, { FORCE_COLOR: '1' }).isColorSupported).toBe(true);
  expect(colorsFor(pipe, { FORCE_COLOR: '0' }).isColorSupported).toBe(false);
});

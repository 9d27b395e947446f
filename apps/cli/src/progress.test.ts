import { Writable } from 'node:stream';
import pc from 'picocolors';
import { expect, it } from 'vitest';
import { createProgressReporter } from './progress.js';

const erased = '\r\x1b[2K';

function reporter(isTTY: boolean, quiet = false) {
  let time = 0;
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const output = Object.assign(stream, {
    isTTY,
    columns: 100,
  });
  const progress = createProgressReporter({ output, colors: pc.createColors(false), quiet, now: () => time });
  return {
    report(at: number, done: number, step = 'encode', total: number | null = 1000) {
      time = at;
      progress.report({ step, done, unit: 'entities', ...(total !== null && { total }) });
    },
    finish: progress.finish,
    abandon: progress.abandon,
    clear: progress.clear,
    note: progress.note,
    text: () => text,
  };
}

it('draws a bar with amount, rate and time left, and leaves one line when the step is done', () => {
  const { report, finish, text } = reporter(true);
  report(0, 0);
  report(2_000, 500);
  expect(text()).toContain('500 of 1,000 entities, 250/s, 2.0 s left');
  report(4_000, 1000);
  finish();
  expect(text()).toMatch(/✓ encode: 1,000 entities in 4\.0 s\n$/);
});

it('writes a line every few seconds where there is no terminal', () => {
  const { report, text } = reporter(false);
  for (let second = 0; second <= 12; second++) report(second * 1000, second * 10);
  expect(text().match(/^encode: /gm)).toHaveLength(2);
  expect(text()).not.toContain('\x1b');
});

it('leaves no trace of a step under a second, nor where it is to be quiet', () => {
  const short = reporter(true);
  short.report(0, 0);
  short.report(200, 900);
  short.finish();
  expect(short.text()).toBe('');
  const quiet = reporter(true, true);
  quiet.report(0, 0);
  quiet.report(5000, 900);
  quiet.finish();
  expect(quiet.text()).toBe('');
});

it('counts the rate from where a resumed step began, and does without a total', () => {
  const { report, text } = reporter(true);
  report(0, 10_000, 'read', null);
  report(1_000, 10_100, 'read', null);
  expect(text()).toContain('10,100 entities, 100/s');
  expect(text()).not.toContain('left');
});

it('says only how long a step of one piece takes', () => {
  const { report, finish, text } = reporter(false);
  report(0, 0, 'compile', 1);
  report(6_000, 0, 'compile', 1);
  report(9_000, 1, 'compile', 1);
  finish();
  expect(text()).toBe('compile: 6.0 s\n✓ compile: 9.0 s\n');
});

it('measures a second round of the same step from its own beginning', () => {
  const { report, text } = reporter(true);
  report(0, 0);
  report(10_000, 1000);
  report(20_000, 0);
  report(21_000, 500);
  expect(text()).toContain('✓ encode: 1,000 entities in 20 s\n');
  expect(text()).toMatch(/500 of 1,000 entities, 500\/s, 1\.0 s left$/);
});

it('ticks off no step that was broken off', () => {
  const { report, abandon, finish, text } = reporter(true);
  report(0, 0);
  report(5_000, 500);
  abandon();
  finish();
  expect(text()).not.toContain('✓');
  expect(text().endsWith(erased)).toBe(true);
});

it('makes room for other words on the screen, and goes on', () => {
  const { report, clear, note, text } = reporter(true);
  report(0, 0);
  report(2_000, 500);
  note('A word.');
  expect(text().endsWith(`${erased}A word.\n`)).toBe(true);
  report(3_000, 600);
  clear();
  expect(text().endsWith(`600 of 1,000 entities, 200/s, 2.0 s left${erased}`)).toBe(true);
  report(4_000, 700);
  expect(text()).toContain('700 of 1,000 entities, 175/s');
});

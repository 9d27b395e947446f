import { Readable, Writable } from 'node:stream';
import { ReferentError } from '@referent/core';
import { expect, it } from 'vitest';
import { outputError } from './io.js';
import { reportFailure } from './report-failure.js';

function report(error: unknown, signal = new AbortController().signal) {
  let text = '';
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const code = reportFailure(error, { stdin: Readable.from([]), stdout: stderr, stderr, env: {}, cwd: '/', signal });
  return { code, text };
}

it('says what happened, why, what to do, and the code', () => {
  const error = new ReferentError('A_CODE', { what: 'It broke.', why: 'Too hot.', fix: 'Cool it.' });
  expect(report(error)).toEqual({
    code: 1,
    text: 'error It broke.\n  why: Too hot.\n  fix: Cool it.\n  (A_CODE)\n',
  });
  expect(report(new ReferentError('USAGE', { what: 'No.' })).code).toBe(2);
});

it('names the option of the command line where the library only says what to do', () => {
  const error = new ReferentError('KB_EXISTS', { what: 'There is one.', fix: 'Ask for it to be replaced.' });
  expect(report(error).text).toContain('--replace');
});

it('says that a stopped command was stopped, and whether it goes on', () => {
  const controller = new AbortController();
  controller.abort();
  expect(report(controller.signal.reason, controller.signal)).toEqual({ code: 130, text: 'Stopped.\n' });
  const resumable = new ReferentError('STOPPED', { what: 'Stopped. The same command goes on from here.' });
  expect(report(resumable, controller.signal).text).toContain('goes on from here');
});

it('is silent where the reader of the output went away, but not where the disk is full', () => {
  const failed = (code: string) => report(outputError(Object.assign(new Error('write failed'), { code })));
  expect(failed('EPIPE')).toEqual({ code: 0, text: '' });
  expect(failed('ENOSPC')).toMatchObject({ code: 1, text: expect.stringContaining('no room left') });
});

it('asks for a report of what should not happen, with the stack', () => {
  const { code, text } = report(new TypeError('x is undefined'));
  expect(code).toBe(1);
  expect(text).toContain('mistake in Referent');
  expect(text).toContain('report-failure.test');
});

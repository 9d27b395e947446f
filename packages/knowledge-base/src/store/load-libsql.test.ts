import { expect, it } from 'vitest';
import { loadLibsql } from './load-libsql.js';

it('says what to install where the native library is missing', () => {
  const load = () => {
    throw new Error("Cannot find module 'libsql'\nRequire stack:\n- /here");
  };
  expect(() => loadLibsql(load)).toThrow(
    expect.objectContaining({
      code: 'BACKEND_MISSING',
      why: "Cannot find module 'libsql'",
      fix: expect.stringContaining('npm install libsql'),
    }),
  );
});

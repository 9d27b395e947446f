import { afterAll, describe, it } from 'vitest';
import { testContract } from './contract.js';
import { testServer } from './failures.js';
import { startServer } from './server.js';

// One file, so that one server is started for all; and while tests are collected, so that they can be skipped without it.
const server = await startServer();
if (typeof server === 'string') {
  it.skip(server, () => undefined);
} else {
  describe('a real server', () => {
    afterAll(() => server.close());
    testContract(() => server.url);
    testServer(() => server.url);
  });
}

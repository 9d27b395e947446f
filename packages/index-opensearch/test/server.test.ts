import { afterAll, beforeAll, describe, it } from 'vitest';
import { testContract } from './contract.js';
import { testServer } from './failures.js';
import { reasonToSkip, startServer, type TestServer } from './server.js';

// One file, so that one server is started for all.
if (reasonToSkip) {
  it.skip(reasonToSkip, () => undefined);
} else {
  describe('a real server', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startServer();
    }, 240_000);
    afterAll(() => server?.close());
    testContract(() => server.url);
    testServer(() => server.url);
  });
}

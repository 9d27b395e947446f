import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findJava, hasDistribution } from '../../../tools/opensearch/distribution.mjs';

const given = process.env.REFERENT_OPENSEARCH_URL;

/** Why there is no server to test with; undefined where there is one. */
const reasonToSkip =
  given || (hasDistribution() && findJava())
    ? undefined
    : 'no OpenSearch: set REFERENT_OPENSEARCH_URL, or fetch one with `node tools/opensearch/start.mjs --fetch` (needs Maven and a JDK from 11 to 23)';

/** Thirty seconds do on a quiet machine. `npm run test:servers`, which waits longer, names a server. */
const patience = 90_000;

export interface TestServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The server that is named, or one of our own that ends with this process, however that ends; or why there is none: a
 * crowded machine takes minutes to start one.
 */
export async function startServer(): Promise<TestServer | string> {
  if (reasonToSkip) return reasonToSkip;
  if (given) return { url: given.split(',')[0]!, close: async () => undefined };
  const program = fileURLToPath(new URL('../../../tools/opensearch/start.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, '--port', '0', '--quick', '--with-parent'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.stdin.end();
  }, patience);
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    output += chunk;
    const [, url] = /^REFERENT_OPENSEARCH_URL=(\S+)\n/.exec(output) ?? [];
    if (!url) continue;
    clearTimeout(timer);
    return {
      url,
      async close() {
        child.stdin.end();
        await ended;
      },
    };
  }
  clearTimeout(timer);
  if (isLate)
    return `no OpenSearch: it did not start within ${patience / 1000} s; \`npm run test:servers\` waits longer`;
  throw new Error('tools/opensearch/start.mjs ended without a server.');
}

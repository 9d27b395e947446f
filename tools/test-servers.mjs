// npm run test:servers: starts a PostgreSQL and an OpenSearch of its own (fetched first where they are not), and runs all
// tests that need one. `npm test` runs them too, as far as the servers have been fetched and start within a minute and a half.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startCluster } from './opensearch/cluster.mjs';
import { fetchDistribution } from './postgres/distribution.mjs';
import { startPostgres } from './postgres/server.mjs';
import { root } from './run.mjs';

const files = ['packages/index-postgres', 'packages/index-opensearch', 'apps/cli/test/backends-agree.test.ts'];

fetchDistribution();
const postgres = await startPostgres();
try {
  const opensearch = await startCluster({ quick: true });
  try {
    const env = {
      ...process.env,
      REFERENT_POSTGRES_URL: postgres.url,
      REFERENT_OPENSEARCH_URL: opensearch.nodes[0].url,
    };
    const asked = process.argv.slice(2);
    const tests = spawn('npx', ['vitest', 'run', ...(asked.length > 0 ? asked : files)], {
      cwd: root,
      stdio: 'inherit',
      env,
    });
    const [status] = await once(tests, 'exit');
    process.exitCode = status ?? 1;
  } finally {
    await opensearch.stop();
  }
} finally {
  await postgres.stop();
}

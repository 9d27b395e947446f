// Starts a throw-away OpenSearch cluster with the k-NN plugin on the loopback, prints how the tests find it, and stops
// and deletes it with Ctrl-C:
//   node tools/opensearch/start.mjs [--nodes 1] [--heap 384m] [--port 9200] [--quick] [--without-knn] [--with-parent]
//   node tools/opensearch/start.mjs --fetch
// It needs a JDK (11 to 23), and Maven the first time, which fetches 60 MB into this user's cache folder (REFERENT_CACHE);
// --fetch does only that. --quick saves seconds at the start and loses speed later. --port is that of the first node, the
// next one has the next; 0 takes free ones. --with-parent stops it also when its standard input ends.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startCluster } from './cluster.mjs';
import { fetchDistribution } from './distribution.mjs';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1' },
    heap: { type: 'string', default: '384m' },
    port: { type: 'string', default: '9200' },
    quick: { type: 'boolean' },
    'without-knn': { type: 'boolean' },
    'with-parent': { type: 'boolean' },
    fetch: { type: 'boolean' },
  },
});
const fail = (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
};

try {
  if (values.fetch) {
    process.stdout.write(`${fetchDistribution()}\n`);
    process.exit(0);
  }
  const [count, port] = [values.nodes, values.port].map(Number);
  if (!(count >= 1 && count <= 5)) fail(new Error('--nodes must be from 1 to 5.'));
  // exit runs the clean-up also while the cluster is still starting.
  const interrupted = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal));
  if (values['with-parent']) interrupted.push(once(process.stdin.resume(), 'end'));
  const ended = Promise.race(interrupted).then(() => 'ended');
  const starting = startCluster({
    nodes: count,
    heap: values.heap,
    port,
    quick: values.quick,
    knn: !values['without-knn'],
  });
  const cluster = await Promise.race([starting, ended]);
  if (cluster === 'ended') process.exit(130);
  process.stdout.write(`REFERENT_OPENSEARCH_URL=${cluster.nodes.map(({ url }) => url).join(',')}\n`);
  await ended;
  await cluster.stop();
  process.exit(0);
} catch (error) {
  fail(error);
}

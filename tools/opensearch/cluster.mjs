// A throw-away OpenSearch cluster on the loopback.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.mjs';
import { unprivileged } from '../unprivileged.mjs';
import { fetchDistribution, findJava } from './distribution.mjs';

/**
 * Starts it and waits until it answers: `{ nodes: [{ url, pid, kill(), start() }], stop() }`. `stop` leaves nothing.
 * The first node alone is the manager: the cluster bears the loss of any other one.
 */
export async function startCluster({ nodes: count = 1, heap = '384m', port = 0, quick = false, knn = true } = {}) {
  const java = findJava();
  if (!java) throw new Error('There is no JDK from 11 to 23: install one, or name it in JAVA_HOME.');
  const distribution = fetchDistribution();
  const run = mkdtempSync(join(tmpdir(), 'referent-opensearch-'));
  const owner = unprivileged();
  const home = join(run, 'opensearch');
  // A copy: the cache of one user is closed to another, and the server writes beside its programs.
  cpSync(distribution, home, { recursive: true });
  if (!knn) rmSync(join(home, 'plugins', 'opensearch-knn'), { recursive: true });

  const ports = [];
  for (let at = 0; at < 2 * count; at++) ports.push(port !== 0 && at < count ? port + at : await freePort());
  const transports = ports.slice(count).map((it) => `127.0.0.1:${it}`);
  const nodes = Array.from({ length: count }, (_, at) => createNode(at));
  const isOwn = (node) => node.child && node.child.exitCode === null && node.child.signalCode === null;
  const clean = () => {
    for (const node of nodes) if (isOwn(node)) node.child.kill('SIGKILL');
    rmSync(run, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', clean);
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.kill('SIGTERM')));
    process.off('exit', clean);
    clean();
  };

  function createNode(at) {
    const folder = join(run, `node-${at + 1}`);
    const config = join(folder, 'config');
    mkdirSync(config, { recursive: true });
    for (const file of readdirSync(join(distribution, 'config'))) {
      cpSync(join(distribution, 'config', file), join(config, file), { recursive: true });
    }
    const settings = {
      'cluster.name': 'referent-try',
      'node.name': `node-${at + 1}`,
      'node.roles': at === 0 ? '[cluster_manager, data, ingest]' : '[data, ingest]',
      'network.host': '127.0.0.1',
      'http.port': ports[at],
      'transport.port': ports[count + at],
      'path.data': join(folder, 'data'),
      'path.logs': join(folder, 'logs'),
      'discovery.seed_hosts': `[${transports.map((it) => `"${it}"`).join(', ')}]`,
      'cluster.initial_cluster_manager_nodes': '[node-1]',
      'cluster.routing.allocation.disk.threshold_enabled': false,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}`);
    writeFileSync(join(config, 'opensearch.yml'), `${lines.join('\n')}\n`);
    const node = {
      url: `http://127.0.0.1:${ports[at]}`,
      folder,
      get pid() {
        return node.child.pid;
      },
      start() {
        const options = [
          `-Xms${heap}`,
          `-Xmx${heap}`,
          '-XX:-AlwaysPreTouch',
          ...(quick ? ['-XX:TieredStopAtLevel=1'] : []),
        ];
        node.child = spawn(join(home, 'bin', 'opensearch'), [], {
          cwd: folder,
          stdio: 'ignore',
          detached: true, // Ctrl-C goes to the starter, which stops the nodes
          ...owner,
          env: {
            PATH: process.env.PATH,
            OPENSEARCH_JAVA_HOME: java,
            OPENSEARCH_PATH_CONF: config,
            OPENSEARCH_JAVA_OPTS: options.join(' '),
          },
        });
      },
      async kill(signal = 'SIGKILL') {
        if (!isOwn(node)) return;
        const closed = once(node.child, 'exit');
        node.child.kill(signal);
        if ((await Promise.race([closed, pause(20_000, 'late', { ref: false })])) === 'late') {
          node.child.kill('SIGKILL');
          await closed;
        }
      },
    };
    return node;
  }

  try {
    if (owner.uid !== undefined) for (const path of everything(run)) chownSync(path, owner.uid, owner.gid);
    for (const node of nodes) node.start();
    await whenAnswering(nodes, isOwn);
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, stop };
}

/** Half a minute does where nothing else runs. */
const startLimit = 600_000;

/** Until every node that was named answers, and knows of all others. */
async function whenAnswering(nodes, isOwn) {
  const end = Date.now() + startLimit;
  for (const node of nodes) {
    for (;;) {
      if (!isOwn(node)) throw new Error(`OpenSearch ended while it started. Its log says:\n${logOf(node)}`);
      if (Date.now() > end)
        throw new Error(`OpenSearch did not start within ${startLimit / 1000} s. Its log says:\n${logOf(node)}`);
      const health = `${node.url}/_cluster/health?wait_for_nodes=${nodes.length}&timeout=5s`;
      const answer = await fetch(health).catch(() => undefined);
      if (answer?.ok && !(await answer.json()).timed_out) break;
      await pause(200);
    }
  }
}

function logOf({ folder }) {
  try {
    return readFileSync(join(folder, 'logs', 'referent-try.log'), 'utf8')
      .split('\n')
      .slice(-30)
      .join('\n');
  } catch {
    return '(nothing)';
  }
}

function everything(folder) {
  return [folder, ...readdirSync(folder, { recursive: true }).map((name) => join(folder, name))];
}

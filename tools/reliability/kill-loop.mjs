// npm run test:kills -- --rounds 100 [--seed 1]: the rounds of kill-rounds.test.ts, as many as one likes, each with a line.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from '../run.mjs';

const options = { rounds: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } };
const { rounds, seed } = parseArgs({ options }).values;
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', 'tools/reliability/kill-rounds.test.ts', '--reporter=dot', '--disable-console-intercept'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, KILL_ROUNDS: rounds, KILL_SEED: seed } },
);
process.exit(status ?? 1);

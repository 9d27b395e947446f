// npm test: builds, sets up the engine and the model that tests need, runs every test, and ends with one plain line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, root, run } from './run.mjs';

build();
run(process.execPath, [join(root, 'apps/cli/bin/referent.js'), 'setup']);
// Several test files link against WordNet's named entities; two that build them at once would refuse each other.
run(process.execPath, [join(root, 'apps/cli/bin/referent.js'), 'link', '--quiet', '--json', '--keep', '1', 'Paris']);
// READMEs and golden files speak of the encoder that the default model began as; nothing else fetches it beforehand.
const { defaultCacheFolder, fetchModel } = await import('../packages/runtime/dist/index.js');
const { env, platform } = process;
await fetchModel({ name: 'all-minilm-l6-v2', cacheFolder: defaultCacheFolder({ env, platform, home: homedir() }) });

const reports = mkdtempSync(join(tmpdir(), 'referent-test-'));
const report = join(reports, 'vitest.json');
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
let counts;
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  process.stderr.write('vitest left no report: it did not come to its end.\n');
  process.exit(1);
} finally {
  rmSync(reports, { recursive: true, force: true });
}
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = counts;
const skipped = numPendingTests + numTodoTests;
// A file that does not load has no tests to fail: it counts all the same.
const failed = numFailedTests || (status === 0 ? 0 : Math.max(1, numFailedTestSuites));
process.stdout.write(`${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exit(status === 0 && failed === 0 ? 0 : 1);

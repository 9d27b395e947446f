// npm run test:mutants -- tokenizer core …: changes the sources of packages one place at a time and says which changes no test notices.
// Options: --files=a.ts,b.ts (of src, of one package); --minutes=15 (per package: what is not done by then is left);
// --tests=src/a.test.ts (where a package's tests are slow); --out=folder for the reports.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../run.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const stryker = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const arguments_ = process.argv.slice(2);
const option = (name) => arguments_.find((it) => it.startsWith(`--${name}=`))?.slice(name.length + 3);
const packages = arguments_.filter((it) => !it.startsWith('--'));
const minutes = Number(option('minutes') ?? 15);
const reports = option('out') ?? join(tmpdir(), 'referent-mutants');

if (!existsSync(stryker)) execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
mkdirSync(reports, { recursive: true });
for (const name of packages) mutate(name);

function mutate(name) {
  const folder = `packages/${name}`;
  const files = option('files')?.split(',') ?? ['**/*.ts'];
  const work = mkdtempSync(join(tmpdir(), 'referent-mutation-'));
  const report = join(reports, `${name}.json`);
  const settings = {
    packageManager: 'npm',
    plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
    testRunner: 'vitest',
    vitest: { configFile: 'tools/mutation/vitest.config.ts', related: false },
    mutate: [...files.map((file) => `${folder}/src/${file}`), `!${folder}/src/**/*.test.ts`],
    ignorePatterns: [
      '**',
      '!packages/*/src/**',
      '!packages/*/test/**',
      '!packages/*/package.json',
      '!tools/mutation/*.ts',
      '!vitest.config.ts',
      '!tsconfig*.json',
    ],
    // Words of messages are for people: only codes are promised, and those are tested.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignoreStatic: true,
    checkers: [],
    concurrency: 1,
    coverageAnalysis: 'perTest',
    timeoutMS: 10_000,
    tempDirName: join(work, 'sandbox'),
    reporters: ['json', 'clear-text', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
    jsonReporter: { fileName: report },
    disableTypeChecks: false,
    allowEmpty: false,
  };
  const config = join(work, 'stryker.config.json');
  writeFileSync(config, JSON.stringify(settings));
  rmSync(report, { force: true });
  const environment = { ...process.env, MUTATION_TESTS: `${folder}/${option('tests') ?? '**/*.test.ts'}` };
  const { status } = spawnSync(process.execPath, [stryker, 'run', config], {
    cwd: root,
    stdio: 'inherit',
    env: environment,
    timeout: minutes * 60_000,
  });
  rmSync(work, { recursive: true, force: true });
  console.log(existsSync(report) ? `${name}: ${summary(report)}` : `${name}: no report (${status})`);
}

function summary(report) {
  const counts = {};
  for (const { mutants } of Object.values(JSON.parse(readFileSync(report, 'utf8')).files)) {
    for (const { status } of mutants) counts[status] = (counts[status] ?? 0) + 1;
  }
  const { Killed = 0, Timeout = 0, Survived = 0, NoCoverage = 0 } = counts;
  const score = (100 * (Killed + Timeout)) / (Killed + Timeout + Survived + NoCoverage);
  return `${score.toFixed(1)} % (${Object.entries(counts)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ')})`;
}

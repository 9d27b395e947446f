// npm run test:mutants -- tokenizer core …: changes the sources of packages one place at a time and says which changes no test notices.
// Options: --files=a.ts,b.ts:10-40 (of src, of one package); --tests=src/a.test.ts (where a package's tests are slow);
// --minutes=15 (per package: what is not done by then is left out); --out=folder (for a line of JSON per mutant).
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
  const lines = join(reports, `${name}.jsonl`);
  const config = join(work, 'stryker.config.json');
  const settings = {
    packageManager: 'npm',
    plugins: [
      import.meta.resolve('@stryker-mutator/vitest-runner'),
      new URL('lines-reporter.mjs', import.meta.url).href,
    ],
    testRunner: 'vitest',
    vitest: { configFile: 'tools/mutation/vitest.config.ts', related: false },
    mutate: [...files.map((file) => `${folder}/src/${file}`), `!${folder}/src/**/*.test.ts`],
    ignorePatterns: [
      '**',
      ...['src/**', 'test/**', 'package.json'].map((path) => `!packages/*/${path}`),
      ...['tools/mutation/*.ts', 'vitest.config.ts', 'tsconfig*.json'].map((path) => `!${path}`),
    ],
    // Words of messages are for people: only codes are promised, and those are tested.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignoreStatic: true,
    checkers: [],
    concurrency: 1,
    coverageAnalysis: 'perTest',
    timeoutMS: 10_000,
    tempDirName: join(work, 'sandbox'),
    reporters: ['lines', 'progress-append-only'],
    disableTypeChecks: false,
  };
  writeFileSync(config, JSON.stringify(settings));
  rmSync(lines, { force: true });
  const tests = `${folder}/${option('tests') ?? '**/*.test.ts'}`;
  spawnSync(process.execPath, [stryker, 'run', config], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, MUTATION_TESTS: tests, MUTATION_LINES: lines },
    timeout: minutes * 60_000,
  });
  rmSync(work, { recursive: true, force: true });
  summarize(name, existsSync(lines) ? readFileSync(lines, 'utf8').trimEnd().split('\n') : []);
}

function summarize(name, lines) {
  const mutants = lines.map((line) => JSON.parse(line)).filter(({ status }) => status !== 'Ignored');
  const unnoticed = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  for (const { status, fileName, line, mutatorName, replacement } of unnoticed) {
    console.log(`${status} ${fileName}:${line} ${mutatorName}: ${replacement}`);
  }
  const score = (100 * (mutants.length - unnoticed.length)) / mutants.length;
  console.log(`${name}: ${mutants.length} mutants, ${unnoticed.length} unnoticed, ${score.toFixed(1)} % noticed`);
}

// npm run check:packages: what is published is well formed, small, and says so when its API changes.
// --accept writes the API reports in etc/api; --only=a,b looks at some packages only, as they are built now.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedMembers } from '../members.mjs';
import { build, root } from '../run.mjs';
import { apiReports } from './api-report.mjs';
import { checkSizes } from './browser-size.mjs';
import { checkTarballs } from './tarballs.mjs';

const only = process.argv
  .find((argument) => argument.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const accept = process.argv.includes('--accept');
const members = publishedMembers().filter(({ short }) => !only || only.includes(short));
if (!only) build();

const reportFolder = join(root, 'etc/api');
const checks = accept
  ? { 'API reports': acceptReports }
  : {
      'package.json files agree': () => commandProblems('sherif', []),
      'nothing unused': () => commandProblems('knip', ['--no-progress', '--no-config-hints']),
      'published files and types': () => checkTarballs(members),
      'size in a browser': async () => (await checkSizes(members, sizeLimits())).problems,
      'API reports': compareReports,
    };

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const started = Date.now();
  const problems = await check();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  for (const problem of problems) console.log(`    ${problem}`);
  failed += problems.length;
}
process.exit(failed === 0 ? 0 : 1);

function commandProblems(command, args) {
  const environment = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    encoding: 'utf8',
    env: environment,
  });
  if (status === 0) return [];
  return `${stdout}${stderr}`.split('\n').filter((line) => line.trim());
}

function sizeLimits() {
  const budgets = JSON.parse(readFileSync(new URL('size-budgets.json', import.meta.url), 'utf8'));
  const platforms = JSON.parse(readFileSync(join(root, 'tools/package-graph.json'), 'utf8')).packages;
  return { budgets, platforms };
}

function acceptReports() {
  mkdirSync(reportFolder, { recursive: true });
  const reports = apiReports(members);
  for (const { name, text } of reports) writeFileSync(join(reportFolder, `${name}.md`), text);
  if (!only) for (const file of strayReports(reports)) rmSync(join(reportFolder, file));
  return [];
}

function compareReports() {
  const reports = apiReports(members);
  const howTo = 'Run `npm run api:accept`, read the difference, commit it with a changeset (`npm run changeset`).';
  const changed = reports.flatMap(({ name, text }) => {
    const path = join(reportFolder, `${name}.md`);
    const known = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return known === text ? [] : [`The API of ${name} changed:`, ...differences(known, text)];
  });
  const stray = only ? [] : strayReports(reports).map((file) => `etc/api/${file} belongs to no package.`);
  return [...changed, ...stray].length === 0 ? [] : [...changed, ...stray, howTo];
}

function strayReports(reports) {
  if (!existsSync(reportFolder)) return [];
  return readdirSync(reportFolder).filter((file) => !reports.some(({ name }) => file === `${name}.md`));
}

/** The lines that only one side has: enough to see what changed. */
function differences(before, after) {
  const lines = (text) => text.split('\n').filter((line) => line.trim());
  const [old, now] = [new Set(lines(before)), new Set(lines(after))];
  return [
    ...[...old].filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...[...now].filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ].slice(0, 40);
}

// npm run release:rehearse: publishes everything to a registry on loopback and uses it as strangers would.
// --only=tokenizer,core: these packages alone (and what they depend on); --only=docs,examples,programs,cli: the rest.
// --as-built: takes dist from this checkout instead of installing and building a clone.  --jobs=1: one after the other.
// --keep: leaves the folder.  --fresh-cache: pages get an empty user cache, so that they set TensorFlow up, too.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publishedMembers } from '../members.mjs';
import { installLines } from '../readme.mjs';
import { root } from '../run.mjs';
import { createConsumer, nodeReleases } from './consumer.mjs';
import { startRegistry } from './registry.mjs';
import { tryDocumentation } from './try-documentation.mjs';
import { tryPackage } from './try-package.mjs';

const only = process.argv
  .find((argument) => argument.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const asBuilt = process.argv.includes('--as-built');
const started = Date.now();
const work = mkdtempSync(join(tmpdir(), 'referent-rehearsal-'));
const clone = join(work, 'clone');
const rows = [];
let registry;

try {
  prepareClone();
  registry = await startRegistry(work);
  if (only && !only.some((part) => ['cli', 'docs', 'examples', 'programs'].includes(part))) keepBack();
  publish();
  checkChangelogs();
  const nodes = nodeReleases();
  say(`using ${nodes.map(({ version }) => version).join(', ')}`);
  const places = await findModelPlaces();
  const members = publishedMembers(clone).filter(({ short }) => !only || only.includes(short));
  const packages = members.filter(({ path }) => path.startsWith('packages/'));
  await inTurns([
    ...when('cli', () => [() => tryCommandLine(nodes)]),
    ...packages.map((member) => () => tryOne(member, nodes, places)),
    ...when('programs', () =>
      readdirSync(join(root, 'tools/release/programs')).map((it) => () => tryProgram(it, places)),
    ),
    ...when('docs', () => documents().map((path) => () => tryPage(path))),
    ...when('examples', () => exampleFolders().map((name) => () => tryExample(name, places))),
  ]);
} finally {
  registry?.stop();
  if (!process.argv.includes('--keep')) rmSync(work, { recursive: true, force: true });
}
printTable();
process.exit(rows.some(({ problems }) => Object.keys(problems).length > 0) ? 1 : 0);

function when(part, tasks) {
  return !only || only.includes(part) ? tasks() : [];
}

/** It reads a built package of ours, which a fresh checkout does not have before the clone is built. */
async function findModelPlaces() {
  const { modelPlaces } = await import(pathToFileURL(join(asBuilt ? root : clone, 'tools/model-places.mjs')).href);
  return modelPlaces();
}

async function tryOne(member, nodes, places) {
  const began = Date.now();
  const consumer = createConsumer(join(work, `use-${member.short}`), registry);
  const result = await tryPackage({ member, consumer, nodes, places });
  report(member.manifest.name, { ...result, seconds: (Date.now() - began) / 1000 });
}

/** As many at a time as there are cores, or --jobs. */
async function inTurns(tasks) {
  const asked = process.argv.find((argument) => argument.startsWith('--jobs='))?.slice('--jobs='.length);
  const queue = [...tasks];
  const worker = async () => {
    for (let task = queue.shift(); task; task = queue.shift()) await task().catch(unexpected);
  };
  await Promise.all(Array.from({ length: Number(asked ?? availableParallelism()) }, worker));
}

/** One that cannot even be tried must not keep the others from being tried. */
function unexpected(error) {
  report(String(error), { count: 0, native: [], problems: { rehearsal: String(error.stack) }, seconds: 0 });
}

/** The committed state, with versions as the changesets want them. */
function prepareClone() {
  call('git', ['clone', '--quiet', '--local', '--no-hardlinks', root, clone], work);
  if (!asBuilt) call('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], clone);
  call(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], clone);
  if (asBuilt) {
    for (const { path, folder } of publishedMembers()) {
      if (existsSync(join(folder, 'dist')))
        cpSync(join(folder, 'dist'), join(clone, path, 'dist'), { recursive: true });
    }
  } else {
    call('npx', ['turbo', 'run', 'build', '--output-logs=errors-only'], clone);
  }
}

/** Publishes no more than the chosen packages need, their READMEs included. */
function keepBack() {
  const members = publishedMembers(clone);
  const byName = new Map(members.map((member) => [member.manifest.name, member]));
  const needed = new Set(members.filter(({ short }) => only.includes(short)));
  for (const { folder, manifest } of needed) {
    const names = [...Object.keys(manifest.dependencies ?? {}), ...installLines(join(folder, 'README.md'))];
    for (const name of names) if (byName.has(name)) needed.add(byName.get(name));
  }
  for (const { folder, manifest } of members.filter((member) => !needed.has(member))) {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, private: true }));
  }
}

function publish() {
  const environment = { NPM_CONFIG_USERCONFIG: registry.npmrc, npm_config_registry: registry.url, FORCE_COLOR: '0' };
  const said = call(
    process.execPath,
    [join(root, 'node_modules/@changesets/cli/bin.js'), 'publish', '--no-git-tag'],
    clone,
    environment,
  );
  say(`published ${new Set(said.match(/(@referent\/[\w-]+|referent)@\d+\.\d+\.\d+/g)).size} packages`);
}

/** Who upgrades must find the new version, and what it brings. */
function checkChangelogs() {
  const began = Date.now();
  const problems = {};
  const left = readdirSync(join(clone, '.changeset')).filter((file) => /\.md$/.test(file) && file !== 'README.md');
  if (left.length > 0) problems.changesets = `not used up: ${left.join(', ')}`;
  for (const { folder, manifest } of publishedMembers(clone)) {
    const file = join(folder, 'CHANGELOG.md');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const newest = text.split(/^## /m)[1] ?? '';
    const says = newest.split('\n').filter((line) => /^- /.test(line) && line.length > 20);
    if (!newest.startsWith(`${manifest.version}\n`) || says.length === 0) {
      problems[manifest.name] =
        `CHANGELOG.md does not say what ${manifest.version} brings; name the package in a changeset.`;
    }
  }
  report('changelogs', { count: 0, native: [], problems, seconds: (Date.now() - began) / 1000 });
}

function documents() {
  return ['docs/getting-started.md'].map((path) => join(clone, path)).filter((path) => existsSync(path));
}

/** What a page tells a stranger to do, in an empty folder. */
async function tryPage(path) {
  const began = Date.now();
  const name = path.slice(clone.length + 1);
  const consumer = createConsumer(join(work, `page-${name.replaceAll('/', '-')}`), registry);
  const environment = process.argv.includes('--fresh-cache') ? { XDG_CACHE_HOME: join(work, 'cache') } : {};
  const problems = await tryDocumentation({ path, consumer, commandLine: commandLineAddress(), environment });
  report(name, { ...consumer.modules(), problems, seconds: (Date.now() - began) / 1000 });
}

/** An npmrc can send a scope to another registry, but no single name: this one is installed by its address. */
function commandLineAddress() {
  const { version } = manifestOf(join(clone, 'apps/cli'));
  return `${registry.url}/referent/-/referent-${version}.tgz`;
}

/** A short program that a user would write, with just the packages that it imports. */
async function tryProgram(name, places) {
  const began = Date.now();
  const code = readFileSync(join(root, 'tools/release/programs', name), 'utf8');
  const specifiers = Array.from(code.matchAll(/(?: from |^import )'([^'.][^']*)'/gm), ([, specifier]) => specifier);
  const packages = new Set(
    specifiers.filter((it) => !it.startsWith('node:')).map((it) => it.match(/^(@[^/]+\/)?[^/]+/)[0]),
  );
  const consumer = createConsumer(join(work, `program-${name}`), registry);
  let program = await consumer.install([...packages]);
  if (!program) {
    link(consumer, places);
    program = await consumer.run(process.execPath, [consumer.write(name, code)]);
  }
  const seconds = (Date.now() - began) / 1000;
  report(`program ${name.replace('.mjs', '')}`, {
    ...consumer.modules(),
    problems: program ? { program } : {},
    seconds,
  });
}

/** An example of the repository, taken out of it. */
async function tryExample(name, places) {
  const began = Date.now();
  const folder = join(root, 'examples', name);
  const { dependencies, devDependencies = {}, scripts = {} } = manifestOf(folder);
  const consumer = createConsumer(join(work, `example-${name}`), registry);
  const others = Object.entries(devDependencies).map(([it, version]) =>
    it === 'referent' ? commandLineAddress() : `${it}@${version}`,
  );
  const runner = scripts.test ? [`vitest@${manifestOf(root).devDependencies.vitest}`] : [];
  let problem = await consumer.install([...Object.keys(dependencies), ...others, ...runner]);
  if (!problem) {
    const left = /^(package\.json|node_modules|dist|README\.md|tsconfig\.json)$/;
    for (const file of readdirSync(folder).filter((file) => !left.test(file))) {
      cpSync(join(folder, file), join(consumer.folder, file), { recursive: true });
    }
    link(consumer, places);
    problem = scripts.test
      ? await consumer.run('npx', ['vitest', 'run'])
      : await consumer.run(process.execPath, ['main.mjs']);
  }
  const problems = problem ? { program: problem } : {};
  report(`example ${name}`, { ...consumer.modules(), problems, seconds: (Date.now() - began) / 1000 });
}

/** Those that have a program, or a test that builds and uses them. */
function exampleFolders() {
  const folder = join(root, 'examples');
  return readdirSync(folder).filter(
    (name) => existsSync(join(folder, name, 'main.mjs')) || existsSync(join(folder, name, 'vitest.config.ts')),
  );
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** `npx referent`, on every Node; where tfjs-node does not exist for it, on WebAssembly. */
async function tryCommandLine(nodes) {
  const began = Date.now();
  const consumer = createConsumer(join(work, 'use-cli'), registry);
  const problems = {};
  const { version } = manifestOf(join(clone, 'apps/cli'));
  const problem = await consumer.install([commandLineAddress()]);
  if (problem) problems.install = problem;
  const expected = asBuilt ? /\d+\.\d+\.\d+/ : new RegExp(`^${version.replaceAll('.', '\\.')}`);
  problems.npx = await consumer.run('npx', ['referent', '--version'], { expect: expected });
  const text = 'She grew up on a ranch near [[Paris]], Texas.';
  for (const node of nodes) {
    const args = ['node_modules/referent/bin/referent.js', 'link', '--format', 'json', text];
    const failure = await consumer.run(node.path, args, { expect: /"surface": ?"Paris"/ });
    if (failure) problems.link = `${problems.link ?? ''}Node ${node.version}: ${failure}\n`;
    say(`  Node ${node.version} computes with ${await engineOf(node, consumer)}`);
  }
  for (const [check, text] of Object.entries(problems)) if (!text) delete problems[check];
  report('referent (npx)', { ...consumer.modules(), problems, seconds: (Date.now() - began) / 1000 });
}

/** The engine that the command line finds, in the words of `referent doctor`. */
async function engineOf(node, { folder }) {
  const args = [join(folder, 'node_modules/referent/bin/referent.js'), 'doctor', '--json'];
  const { stdout } = spawnSync(node.path, args, { cwd: folder, encoding: 'utf8', timeout: 300_000 });
  try {
    const { chosen, startError } = JSON.parse(stdout);
    return chosen ? `${chosen.kind} (tfjs ${chosen.tfjsVersion})` : `nothing: ${startError?.message}`;
  } catch {
    return `nothing: \`doctor\` printed no report`;
  }
}

function link({ folder }, { links }) {
  for (const [name, target] of Object.entries(links)) {
    if (target && !existsSync(join(folder, name))) execFileSync('ln', ['-s', target, join(folder, name)]);
  }
}

function call(command, args, cwd, environment = {}) {
  const began = Date.now();
  try {
    const options = {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...environment },
    };
    const said = execFileSync(command, args, options);
    say(`${[command, ...args].join(' ').replaceAll(root, '.')} (${((Date.now() - began) / 1000).toFixed(0)} s)`);
    return said;
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`);
  }
}

function report(name, { count, packages = count, native, problems, seconds }) {
  rows.push({ name, packages, native, problems, seconds });
  say(`${Object.keys(problems).length === 0 ? '✓' : '✗'} ${name} (${seconds.toFixed(0)} s)`);
  for (const [check, text] of Object.entries(problems)) say(`    ${check}: ${text.replaceAll('\n', '\n    ')}`);
}

function say(line) {
  console.log(line);
}

function printTable() {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const state = ({ problems }) =>
    Object.keys(problems).length === 0 ? 'ok' : `FAILED: ${Object.keys(problems).join(', ')}`;
  console.log(`\n${'package'.padEnd(width)}  installs  native code            result`);
  for (const row of rows) {
    const native = row.native.length === 0 ? 'none' : row.native.join(', ');
    console.log(`${row.name.padEnd(width)}  ${String(row.packages).padStart(8)}  ${native.padEnd(22)} ${state(row)}`);
  }
  const bad = rows.filter(({ problems }) => Object.keys(problems).length > 0).length;
  console.log(`\n${rows.length - bad} ok, ${bad} failed, ${((Date.now() - started) / 60_000).toFixed(1)} min`);
}

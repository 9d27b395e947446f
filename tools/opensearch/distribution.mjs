// OpenSearch with its k-NN plugin in this user's cache folder, and a JDK that runs it.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../cache-folder.mjs';

const version = '2.19.1';

/** Where it is, or would be. */
const distributionFolder = () => join(cacheFolder(), `opensearch-${version}`);

export const hasDistribution = () => existsSync(distributionFolder());

/** Fetches it with Maven, from wherever Maven's settings say, unless it is there. */
export function fetchDistribution() {
  const folder = distributionFolder();
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  try {
    process.stderr.write('Fetching OpenSearch with Maven (60 MB) ...\n');
    const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
    const maven = ['-q', '-B', '-f', pom, `-Dfolder=${partial}`, 'generate-resources'];
    const { status, error } = spawnSync('mvn', maven, { stdio: ['ignore', 2, 2] });
    if (error) throw new Error('There is no `mvn`: install Maven, which fetches OpenSearch.');
    if (status !== 0) throw new Error('Maven could not fetch OpenSearch; it says why above.');
    const home = join(partial, `opensearch-${version}`);
    for (const file of readdirSync(join(home, 'bin'))) chmodSync(join(home, 'bin', file), 0o755);
    describePainless(join(home, 'modules', 'lang-painless'));
    renameSync(home, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** The k-NN plugin extends this module, which Maven Central has as jars only. */
function describePainless(folder) {
  const descriptor = {
    description: 'Painless, of which the k-NN plugin makes scripts',
    version,
    name: 'lang-painless',
    classname: 'org.opensearch.painless.PainlessPlugin',
    'java.version': '11',
    'opensearch.version': version,
    'has.native.controller': 'false',
  };
  const lines = Object.entries(descriptor).map(([name, value]) => `${name}=${value}`);
  writeFileSync(join(folder, 'plugin-descriptor.properties'), `${lines.join('\n')}\n`);
  const permissions = [
    'permission java.lang.RuntimePermission "createClassLoader";',
    'permission java.lang.RuntimePermission "getClassLoader";',
    'permission org.opensearch.script.ClassPermission "<<STANDARD>>";',
  ];
  writeFileSync(join(folder, 'plugin-security.policy'), `grant {\n  ${permissions.join('\n  ')}\n};\n`);
}

/** The home of a JDK that OpenSearch 2 runs on: 11 to 23. Later ones have no security manager. */
export function findJava() {
  const installed = '/usr/lib/jvm';
  const folders = existsSync(installed)
    ? readdirSync(installed)
        .sort()
        .map((name) => join(installed, name))
    : [];
  const { JAVA_HOME } = process.env;
  const homes = [JAVA_HOME, ...folders].filter(Boolean);
  return homes.find((home) => {
    const release = join(home, 'release');
    const major = existsSync(release) && /^JAVA_VERSION="(\d+)/m.exec(readFileSync(release, 'utf8'))?.[1];
    return major && Number(major) >= 11 && Number(major) <= 23 && existsSync(join(home, 'bin', 'java'));
  });
}

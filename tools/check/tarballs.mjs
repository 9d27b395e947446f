// Each package as npm would publish it, looked at by publint and by "Are the types wrong?".
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { root } from '../run.mjs';

/** Problems as lines; the tarballs are gone afterwards. */
export async function checkTarballs(members) {
  const folder = mkdtempSync(join(tmpdir(), 'referent-tarballs-'));
  try {
    const packed = pack(members, folder);
    const problems = [];
    for (const { manifest } of members) {
      const { filename, files } = packed.find(({ name }) => name === manifest.name);
      const bytes = new Uint8Array(readFileSync(join(folder, filename)));
      const found = [
        ...missingFiles(files),
        ...(await publintProblems(bytes)),
        ...(await typeProblems(manifest, bytes)),
      ];
      problems.push(...found.map((problem) => `${manifest.name}: ${problem}`));
    }
    return problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(members, destination) {
  const workspaces = members.map(({ path }) => `--workspace=${path}`);
  const args = ['pack', '--json', '--ignore-scripts', `--pack-destination=${destination}`, ...workspaces];
  return JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
}

function missingFiles(files) {
  const names = files.map(({ path }) => path);
  const missing = ['README.md', 'LICENSE'].filter((name) => !names.includes(name));
  const unwanted = names.filter((name) => /\.test\.|(^|\/)(src|test|node_modules)\//.test(name));
  return [
    ...missing.map((name) => `${name} is not published`),
    ...unwanted.map((name) => `${name} is published and should not be`),
  ];
}

async function publintProblems(bytes) {
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  return messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function typeProblems({ exports }, bytes) {
  if (!exports) return [];
  const { types, problems } = await checkPackage(createPackageFromTarballData(bytes));
  if (!types) return ['attw: no types'];
  // The profile `node16`: resolution before package.json had `exports` is not supported.
  return (
    problems
      // A package that is ESM on purpose has no CommonJS types to be right about.
      .filter(
        ({ kind, resolutionKind }) =>
          !(kind === 'CJSResolvesToESM' || (kind === 'NoResolution' && resolutionKind === 'node16-cjs')) ||
          Object.values(exports).some((target) => target.require),
      )
      .filter(({ resolutionKind, resolutionOption }) => resolutionKind !== 'node10' && resolutionOption !== 'node10')
      .map(({ kind, entrypoint = '', resolutionKind = '' }) => `attw: ${kind} ${entrypoint} ${resolutionKind}`.trim())
  );
}

// Every package of platform "any" bundles for a browser without polyfills, as do the entries that run anywhere of the
// others, and stays small: minified and gzipped, with all that it brings along except peer dependencies.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

export async function checkSizes(members, { platforms, budgets }) {
  const problems = [];
  const sizes = {};
  for (const { short, folder, manifest, entries } of members) {
    const { platform, anywhere = [] } = platforms[short] ?? {};
    for (const subpath of platform === 'any' ? ['.'] : anywhere) {
      const name = join(manifest.name, subpath);
      const entry = entries.find((it) => it.subpath === subpath);
      if (!entry) {
        problems.push(
          `${name} is to run in a browser (tools/package-graph.json), but is no entry of its package.json.`,
        );
        continue;
      }
      const { errors, bytes } = await bundle(join(folder, entry.module), Object.keys(manifest.peerDependencies ?? {}));
      problems.push(...errors.map((text) => `${name} does not bundle for a browser: ${text}`));
      if (bytes === undefined) continue;
      const kilobytes = Math.ceil(bytes / 100) / 10;
      sizes[short] = kilobytes;
      const budget = budgets[short] ?? budgets.default;
      if (kilobytes <= budget) continue;
      problems.push(
        `${name} is ${kilobytes} kB minified and gzipped, its budget is ${budget} kB (tools/check/size-budgets.json). ` +
          'Make it smaller, or raise the budget and say in the commit what the users get for it.',
      );
    }
  }
  return { problems, sizes };
}

async function bundle(entry, peers) {
  try {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      external: peers.flatMap((name) => [name, `${name}/*`]),
      logLevel: 'silent',
    });
    return { errors: [], bytes: gzipSync(outputFiles[0].contents).length };
  } catch (error) {
    return { errors: (error.errors ?? [{ text: String(error) }]).map(({ text }) => text) };
  }
}

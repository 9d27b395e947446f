// What happens to a user who installs one package and does what its README says.
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { allPrograms, asJavaScript, installLines, programs } from '../readme.mjs';
import { root } from '../run.mjs';

/** `{ native, packages, problems: { check: text } }` */
export async function tryPackage({ member, consumer, nodes, places }) {
  const { manifest, folder, entries } = member;
  const problems = {};
  const note = (check, problem) => {
    if (problem) problems[check] = [problems[check], problem].filter(Boolean).join('\n');
  };

  note('install', await consumer.install([manifest.name]));
  const { count, native } = consumer.modules();
  // What it tests with is not what it brings.
  const isTestLibrary = 'vitest' in (manifest.peerDependencies ?? {});
  if (native.length > 0 && !isTestLibrary)
    note('native', `${manifest.name} alone brings native code: ${native.join(', ')}`);

  const readme = join(folder, 'README.md');
  const more = installLines(readme).filter((name) => name !== manifest.name);
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => !manifest.peerDependenciesMeta?.[name]?.optional,
  );
  if (more.length + peers.length > 0) note('install', await consumer.install([...new Set([...more, ...peers])]));
  useEngineOfCache(consumer, places);
  for (const [name, target] of Object.entries(places.links)) {
    if (target && !existsSync(join(consumer.folder, name))) symlinkSync(target, join(consumer.folder, name));
  }

  const hasCommonJs = entries.every(({ subpath }) => manifest.exports[subpath].require);
  const names = entries.map(({ subpath }) => join(manifest.name, subpath));
  if (!isTestLibrary) {
    consumer.write('import-all.cjs', importAll(names, hasCommonJs));
    for (const { path, version } of nodes)
      note('import', prefix(version, await consumer.run(path, ['import-all.cjs'])));
  }

  const blocks = programs(readme);
  note('types', await typeCheck(consumer, names, allPrograms(readme), hasCommonJs));
  for (const block of blocks) {
    const code = await asJavaScript(block);
    const file = block.isTest ? 'readme.test.mjs' : 'readme.mjs';
    consumer.write(file, code);
    const [command, ...args] = block.isTest ? ['npx', 'vitest', 'run'] : [process.execPath];
    const problem = await consumer.run(command, [...args, file]);
    note('readme', problem && `README.md:${block.line}\n${problem}`);
  }
  return { packages: count, native, problems };
}

/** Both module systems in one process; each has to know the same names. */
const importAll = (names, hasCommonJs) => `
const names = ${JSON.stringify(names)};
(async () => {
  for (const name of names) {
    const asModule = Object.keys(await import(name)).filter((it) => it !== 'default' && it !== 'module.exports');
    if (${hasCommonJs} && asModule.sort().join() !== Object.keys(require(name)).sort().join()) {
      throw new Error('import and require of ' + name + ' do not give the same names');
    }
  }
})();
`;

const prefix = (version, problem) => problem && `Node ${version}: ${problem}`;

/** Where a README asks for @tensorflow/tfjs-node, the one that `referent setup` built stands in for its download. */
function useEngineOfCache(consumer, { engine }) {
  const own = join(consumer.folder, 'node_modules/@tensorflow/tfjs-node');
  if (!engine || !existsSync(own)) return;
  rmSync(own, { recursive: true });
  symlinkSync(engine, own);
}

/** Our declarations and the README's programs; the declarations of others are theirs to keep right. */
async function typeCheck(consumer, names, blocks, hasCommonJs) {
  const imports = names.map((name, i) => `import * as m${i} from '${name}';\n`).join('');
  const uses = `export const all = [${names.map((_, i) => `m${i}`).join(', ')}];\n`;
  if (names.length === 0) return undefined;
  const files = {
    nodenext: [
      'esm.mts',
      ...(hasCommonJs ? ['cjs.cts'] : []),
      ...blocks.flatMap(({ language }, i) => (language !== 'js' ? [`readme-${i}.mts`] : [])),
    ],
    bundler: ['bundled.ts'],
  };
  for (const name of ['esm.mts', 'cjs.cts', 'bundled.ts']) consumer.write(name, imports + uses);
  for (const [i, { code }] of blocks.entries()) consumer.write(`readme-${i}.mts`, code);
  const said = [];
  for (const [resolution, list] of Object.entries(files)) {
    const config = {
      compilerOptions: {
        target: 'ES2022',
        lib: ['ES2023', 'DOM'],
        module: resolution === 'nodenext' ? 'NodeNext' : 'ESNext',
        moduleResolution: resolution,
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
      },
      files: list,
    };
    consumer.write(`tsconfig.${resolution}.json`, JSON.stringify(config));
    const all = await consumer.run(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      `tsconfig.${resolution}.json`,
    ]);
    const ours = (all ?? '').split('\n').filter((line) => /^(node_modules\/@referent\/|[^/]*\.[mc]?ts\()/.test(line));
    said.push(...ours.map((line) => `${resolution}: ${line}`));
  }
  return said.join('\n') || undefined;
}

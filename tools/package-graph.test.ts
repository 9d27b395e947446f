import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
interface Node {
  platform: 'any' | 'node';
  /** Entries of a Node package that run anywhere. */
  anywhere?: readonly string[];
  imports: readonly string[] | 'all';
}
interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}
const graph: { packages: Record<string, Node>; apps: Record<string, Node> } = readJson('tools/package-graph.json');
const members = [
  ...Object.entries(graph.packages).map(([name, node]) => ({ folder: `packages/${name}`, name, node })),
  ...Object.entries(graph.apps).map(([name, node]) => ({ folder: `apps/${name}`, name, node })),
];

it('names every folder of packages/ and apps/, and no other', () => {
  expect(readdirSync(join(root, 'packages')).sort()).toEqual(Object.keys(graph.packages).sort());
  expect(readdirSync(join(root, 'apps')).sort()).toEqual(Object.keys(graph.apps).sort());
});

it('has no cycle', () => {
  const visit = (name: string, path: readonly string[]): void => {
    expect(path, `${[...path, name].join(' -> ')}`).not.toContain(name);
    for (const next of importsOf(graph.packages[name]!)) visit(next, [...path, name]);
  };
  for (const name of Object.keys(graph.packages)) visit(name, []);
});

describe.each(members)('$folder', ({ folder, node }) => {
  const allowed = importsOf(node).map((name) => `@referent/${name}`);
  const manifest: Manifest = readJson(`${folder}/package.json`);
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const sources = listFiles(`${folder}/src`).filter(
    (file) => file.endsWith('.ts') && !/\.(test|test-d)\.ts$/.test(file),
  );

  it('depends only on what the graph allows', () => {
    expect(declared.filter((name) => name.startsWith('@referent/') && !allowed.includes(name))).toEqual([]);
  });

  it('imports only what its package.json declares', () => {
    const undeclared = sources.flatMap((file) =>
      importedModules(file)
        .filter((name) => !isBuiltin(name) && !declared.includes(packageOf(name)))
        .map((name) => `${file}: ${name}`),
    );
    expect(undeclared).toEqual([]);
  });

  it('runs on its platform', () => {
    const entries = node.platform === 'any' ? ['./index'] : (node.anywhere ?? []);
    const files = entries.flatMap((entry) => reachableFrom(join(folder, 'src', `${entry}.ts`)));
    expect(files.length).toBeGreaterThanOrEqual(entries.length);
    const onlyNode = files.flatMap((file) =>
      importedModules(file)
        .filter(isBuiltin)
        .map((name) => `${file}: ${name}`),
    );
    expect(onlyNode).toEqual([]);
  });

  it('has a README, a licence and a test of its own', () => {
    expect(['README.md', 'LICENSE'].filter((file) => !existsSync(join(root, folder, file)))).toEqual([]);
    const tests = [...listFiles(`${folder}/src`), ...listFiles(`${folder}/test`)].filter((file) =>
      file.endsWith('.test.ts'),
    );
    expect(tests.length).toBeGreaterThan(0);
  });
});

function importsOf(node: Node): readonly string[] {
  return node.imports === 'all' ? Object.keys(graph.packages) : node.imports;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T;
}

/** Paths relative to the root; empty where the folder is missing. */
function listFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

function importedModules(file: string): string[] {
  return [...importSpecifiers(file)].filter((name) => !name.startsWith('.'));
}

function importSpecifiers(file: string): Set<string> {
  const source = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const pattern =
    /^\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
  return new Set(Array.from(source.matchAll(pattern), (match) => match[1] ?? match[2] ?? match[3] ?? ''));
}

function reachableFrom(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file) || !existsSync(join(root, file))) return [...seen];
  seen.add(file);
  for (const name of importSpecifiers(file)) {
    if (name.startsWith('.')) reachableFrom(join(file, '..', name.replace(/\.js$/, '.ts')), seen);
  }
  return [...seen];
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function isBuiltin(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(packageOf(name));
}

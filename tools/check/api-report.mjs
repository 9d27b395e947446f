// The public types of a package as one text: what a change must announce. Comments and the order of declarations do
// not count, and what a declaration refers to inside its package is part of it.
import { dirname, join } from 'node:path';
import ts from 'typescript';

const printer = ts.createPrinter({ removeComments: true });

/** `[{ name: 'core', text }]`, one for each member that has types. */
export function apiReports(members) {
  const typed = members.filter(({ entries }) => entries.length > 0);
  const program = openProgram(typed.flatMap(({ folder, entries }) => entries.map(({ types }) => join(folder, types))));
  return typed.map(({ short, folder, manifest, entries }) => ({
    name: short,
    text: [
      `# API of ${manifest.name}\n`,
      ...entries.map(({ subpath, types }) => entryReport(program, subpath, join(folder, types))),
    ].join('\n'),
  }));
}

/** Only the declarations of the packages themselves: no library, nothing of other packages. */
function openProgram(files) {
  const options = { noLib: true, types: [], module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022 };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, containing) =>
    literals.map(({ text }) => {
      if (!text.startsWith('.')) return { resolvedModule: undefined };
      const resolvedFileName = join(dirname(containing), text.replace(/\.(c|m)?js$/, '.d.$1ts'));
      return { resolvedModule: { resolvedFileName, extension: ts.Extension.Dts } };
    });
  return ts.createProgram(files, options, host);
}

function entryReport(program, subpath, file) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module)
    throw new Error(`${file} is no module. Is the package built?\n${readFileSync(file, 'utf8').slice(0, 200)}`);
  const exported = checker
    .getExportsOfModule(module)
    .map((symbol) => ({ name: symbol.name, symbol: target(checker, symbol) }));
  const texts = new Map();
  const queue = exported.map(({ symbol }) => symbol);
  for (const symbol of queue) {
    if (texts.has(symbol)) continue;
    texts.set(symbol, (symbol.declarations ?? []).map(printDeclaration).join('\n'));
    for (const declaration of symbol.declarations ?? []) queue.push(...referredFrom(checker, declaration));
  }
  const isExported = new Set(exported.map(({ symbol }) => symbol));
  const inside = [...texts].filter(([symbol]) => !isExported.has(symbol)).map(([, text]) => text);
  const blocks = [exported.map(({ name, symbol }) => renamed(name, symbol) + texts.get(symbol)), inside].map((list) =>
    list.filter(Boolean).sort().join('\n\n'),
  );
  return [
    `## ${subpath}\n\n\`\`\`ts\n${blocks[0]}\n\`\`\`\n`,
    ...(blocks[1] ? [`Not exported, but part of the above:\n\n\`\`\`ts\n${blocks[1]}\n\`\`\`\n`] : []),
  ].join('\n');
}

const renamed = (name, symbol) => (name === symbol.name ? '' : `// as ${name}\n`);

function target(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function printDeclaration(declaration) {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const text = printer.printNode(ts.EmitHint.Unspecified, statement, declaration.getSourceFile());
  return text.replace(/^(export )?(declare )?/, '').replaceAll('    ', '  ');
}

/** The declarations of this package that a declaration names. */
function referredFrom(checker, declaration) {
  const found = [];
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      const meant = symbol && target(checker, symbol);
      const isTopLevel = meant?.declarations?.some(
        (one) =>
          ts.isSourceFile(one.parent) || (ts.isVariableDeclaration(one) && ts.isSourceFile(one.parent.parent.parent)),
      );
      if (isTopLevel && meant.declarations.every((one) => !ts.isImportSpecifier(one))) found.push(meant);
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

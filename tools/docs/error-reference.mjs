// npm run docs:errors: writes docs/reference/errors.md from the places in the sources where errors are made.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { publishedMembers } from '../members.mjs';
import { root } from '../run.mjs';

const shape = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
/** What makes an error: its first argument is the code. */
const makers = /^(ReferentError|fail|atPlace|\w+Error)$/;

/** Where the words are put together at run time, or where those of the first place say too little of the others. */
const inWords = {
  BACKEND_MISSING: {
    what: 'A native library or a client, an optional peer of the package, could not be loaded.',
    fix: 'Install it with the command that the message gives, or use another index.',
  },
  INDEX_INVALID_VECTORS: { what: 'Vectors are not numbers, or not as many or as long as was said.' },
  PIPELINE_INVALID_OPTION: { what: 'An option of the pipeline is out of its range; the message names it.' },
  TOKENIZER_INVALID: { what: 'The tokenizer file cannot be read, or lacks a part; the message names it.' },
  USAGE: { what: 'The call was wrong; the message says what is missing or does not go together.' },
};

/** `code -> { packages, what, fix }`; the words are those of the first place that has any. */
export function errorCodes() {
  const codes = new Map();
  for (const { folder, manifest, short } of publishedMembers()) {
    if (short === 'testing') continue; // its codes are those of the suites' own expectations
    for (const path of sources(join(folder, 'src'))) collect(path, manifest.name, codes);
  }
  for (const [code, words] of Object.entries(inWords)) Object.assign(codes.get(code), words);
  return new Map([...codes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function errorReference(codes = errorCodes()) {
  const rows = Array.from(codes, ([code, { packages, what, fix }]) => {
    const said = [what, fix].map((text) => (text ?? '').replaceAll('|', '\\|').replaceAll('<', '&lt;'));
    return `| \`${code}\` | ${said[0]} | ${said[1]} | ${[...packages].sort().join(', ')} |\n`;
  });
  return `# Error codes

Written by \`npm run docs:errors\` from the sources; a test compares them.

Every error that Referent throws on purpose is a \`ReferentError\` with a stable \`code\`, and with \`what\`, \`why\`, \`fix\` and \`details\`. The words may change, the code does not:
ask \`isReferentError(error, 'KB_LOCKED')\` of \`@referent/core\`, which also knows the errors of another installed copy. The command line prints the code last, in brackets.
An aborted \`signal\` throws its own reason, not one of these. … stands for what the error fills in; a code may come with other words in other places.

| code | what happened | what to do | thrown by |
|---|---|---|---|
${rows.join('')}`;
}

function collect(path, packageName, codes) {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  visit(file);

  function visit(node) {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) note(node);
    // A code that is handed on by a variable is still a member of its package's list of codes.
    const isListed =
      ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal) && /ErrorCode$/.test(declaredName(node));
    if (isListed) entry(node.literal.text);
    ts.forEachChild(node, visit);
  }

  function note({ expression, arguments: given }) {
    const [first, ...others] = given ?? [];
    const maker = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
    if (!first || !ts.isStringLiteral(first) || !shape.test(first.text) || !makers.test(maker)) return;
    if (/^is[A-Z]/.test(maker)) return;
    const known = entry(first.text);
    const words = others.find(ts.isObjectLiteralExpression);
    const reason = others.findLast((it) => textOf(it) !== undefined);
    known.what ??= (words && property(words, 'what')) ?? (reason && sentence(textOf(reason)));
    known.fix ??= words && property(words, 'fix');
  }

  function entry(code) {
    const known = codes.get(code) ?? { packages: new Set() };
    codes.set(code, known);
    known.packages.add(packageName);
    return known;
  }
}

const declaredName = (node) =>
  ts.isTypeAliasDeclaration(node) ? node.name.text : node.parent && declaredName(node.parent);
const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

function property(object, name) {
  const found = object.properties.find((it) => ts.isPropertyAssignment(it) && it.name.getText() === name);
  return found && textOf(found.initializer);
}

/** A string as it is written, with … for what is filled in; of two that depend on something, the first. */
function textOf(node) {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return `${node.head.text}${node.templateSpans.map((it) => `…${it.literal.text}`).join('')}`;
  if (ts.isConditionalExpression(node)) return textOf(node.whenTrue);
  if (ts.isBinaryExpression(node)) {
    const parts = [node.left, node.right].map(textOf);
    return parts.some(Boolean) ? parts.map((part) => part ?? '…').join('') : undefined;
  }
  return undefined;
}

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(folder, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(root, 'docs/reference/errors.md'), errorReference());

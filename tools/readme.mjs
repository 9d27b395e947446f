// The code blocks of a README, as a reader would copy them.
import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';

/**
 * The fenced blocks.
 * @returns {{ language: string, code: string, line: number }[]}
 */
export function codeBlocks(path) {
  const text = readFileSync(path, 'utf8');
  return Array.from(text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm), ({ 1: language, 2: code, index }) => ({
    language,
    code,
    line: text.slice(0, index).split('\n').length + 1,
  }));
}

/** All blocks of a page, fenced or indented (commands), and the file that the sentence above names: "Save as `a.mjs`:". */
export function pageBlocks(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  const blocks = codeBlocks(path);
  const fenced = new Set(blocks.flatMap(({ code, line }) => code.split('\n').map((_, i) => line + i)));
  for (let i = 0; i < lines.length; i++) {
    if (!/^ {4}\S/.test(lines[i]) || fenced.has(i + 1) || lines[i - 1]?.trim()) continue;
    const from = i;
    while (/^ {4}/.test(lines[i] ?? '')) i++;
    const code = lines.slice(from, i).map((line) => `${line.slice(4)}\n`);
    blocks.push({ language: /^(npx|npm|mkdir|cd) /.test(code[0]) ? 'sh' : '', code: code.join(''), line: from + 1 });
  }
  return blocks
    .sort((a, b) => a.line - b.line)
    .map((block) => {
      const above = lines.slice(0, block.line - 1).findLast((line) => line.trim() && !line.startsWith('```'));
      const file = /:$/.test(above ?? '')
        ? /`([\w.-]+\.(?:mjs|js|ts|jsonl|json|csv|tsv|txt))`[^`]*:$/.exec(above)?.[1]
        : undefined;
      return { ...block, ...(file && { file }) };
    });
}

/** The blocks that are programs. One that imports nothing shows a shape or a signature. */
export function programs(path) {
  return allPrograms(path).filter((block) => !notRunBecause(path, block));
}

/** Those too that are not run: their types can be checked. */
export function allPrograms(path) {
  return codeBlocks(path)
    .filter(({ language, code }) => ['js', 'ts', 'typescript'].includes(language) && /^import /m.test(code))
    .map((block) => ({ ...block, isTest: /from '@referent\/testing'/.test(block.code) }));
}

/** What the lines with `npm install` name, in their order. */
export function installLines(path) {
  const lines = Array.from(readFileSync(path, 'utf8').matchAll(/^\s*npm install (.*)$/gm), ([, words]) => words);
  return lines.flatMap((words) => words.split(/\s+/)).filter((word) => word && !word.startsWith('-'));
}

/** TypeScript without its types. */
export async function asJavaScript({ code, language }) {
  return language === 'ts' ? (await transform(code, { loader: 'ts', format: 'esm' })).code : code;
}

/** Why a block is not run, where the line above says so: "*Not run by the tests: it needs a GPU.*" */
export function notRunBecause(path, { line }) {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, line - 1);
  const above = lines.findLast((it) => it.trim() && !it.startsWith('```'));
  return /^\*Not run by the tests: (.+)\*$/.exec(above ?? '')?.[1];
}

/**
 * Whether what a block shows was printed: its lines come in this order. Numbers may differ, and blanks; … stands for
 * anything within a line, and a line of its own for other lines.
 * @returns the first line that is missing, or undefined
 */
export function missingLine(shown, printed) {
  const found = printed.split('\n').map(masked);
  let from = 0;
  for (const line of shown.split('\n').filter((it) => it.trim() && it.trim() !== '…')) {
    const parts = masked(line).split('…');
    const at = found.findIndex((it, i) => i >= from && matches(it, parts));
    if (at < 0) return line;
    from = at + 1;
  }
  return undefined;
}

/** Without what differs from run to run: durations, other numbers, the width of columns. */
function masked(text) {
  return text
    .replaceAll(/(\d+ min )?\d+(\.\d+)? (ms|s|min)\b/g, '0 s')
    .replaceAll(/\d+([.,]\d+)*/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function matches(text, parts) {
  if (parts.length === 1) return text === parts[0];
  let at = 0;
  for (const part of parts) {
    at = text.indexOf(part, at);
    if (at < 0) return false;
    at += part.length;
  }
  return true;
}

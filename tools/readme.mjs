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

/** The blocks that are programs. One that imports nothing shows a shape or a signature. */
export function programs(path) {
  return codeBlocks(path)
    .filter(({ language, code }) => ['js', 'ts'].includes(language) && /^import /m.test(code))
    .map((block) => ({ ...block, isTest: /from '@referent\/testing'/.test(block.code) }));
}

/** The packages of the first `npm install` line, or none. */
export function installLine(path) {
  const line = /^\s*npm install (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  return line.split(/\s+/).filter((word) => word && !word.startsWith('-'));
}

/** TypeScript without its types. */
export async function asJavaScript({ code, language }) {
  return language === 'ts' ? (await transform(code, { loader: 'ts', format: 'esm' })).code : code;
}

import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cliReference, helpTexts } from './docs/cli-reference.mjs';
import { errorReference } from './docs/error-reference.mjs';
import { createReader } from './reader.mjs';
import { asJavaScript, missingLine, notRunBecause, pageBlocks } from './readme.mjs';
import { root } from './run.mjs';

/**
 * Every page of docs/, and the first page of the repository, done from top to bottom by somebody who has the packages:
 * commands are run, files that a sentence names are written, programs are run, and a block without a language below
 * a command is what it prints.
 */
const reader = createReader();
afterAll(() => reader.close());

/** Protocols of what was done: they show no one what to do. */
const isLog = (page: string) => /^docs\/(log\.md|decisions\/)/.test(page) || page.startsWith('docs/reference/api/');
/** Pages that need files which have to be made for them. */
const ownTests: Record<string, string> = { 'docs/blink.md': 'apps/cli/test/blink-page.test.ts' };
/** Less of the same work. */
const shorter: Record<string, readonly [string, string]> = {
  'docs/how-to/train-your-own-model.md': ['--steps 12', '--steps 2'],
};

const pages = ['README.md', ...markdown('docs')].filter((page) => !isLog(page));

const followed = pages.filter((page) => !ownTests[page] && pageBlocks(join(root, page)).length > 0);

describe.each(followed)('%s', { timeout: 300_000 }, (page) => {
  const path = join(root, page);
  const folder = reader.folder(page.replaceAll('/', '-').replace('.md', ''));
  let printed: string | undefined;

  for (const entry of readdirSync(dirname(path))) {
    const beside = join(dirname(path), entry);
    if (page.startsWith('docs/how-to/') && !entry.endsWith('.md'))
      cpSync(beside, join(folder, entry), { recursive: true });
  }

  for (const block of pageBlocks(path)) {
    const { language, code, file, line } = block;
    const reason = notRunBecause(path, block);
    if (reason) {
      it.skip(`line ${line} is not run: ${reason}`, () => {});
    } else if (language === 'sh') {
      const [long, short] = shorter[page] ?? ['', ''];
      it(`line ${line}: the commands work`, () => run('bash', ['-euo', 'pipefail', '-c', code.replace(long, short)]));
    } else if (file) {
      it(`line ${line}: ${file} is written`, () => writeFileSync(join(folder, file), code));
    } else if (/^(js|ts)$/.test(language)) {
      it(`line ${line}: the program works`, async () => {
        writeFileSync(join(folder, `line-${line}.mjs`), await asJavaScript(block));
        await run(process.execPath, [`line-${line}.mjs`]);
      });
    } else if (/^jsonl?$/.test(language)) {
      it(`line ${line}: it is JSON`, () => expect(() => parsed(code)).not.toThrow());
    } else if (language === '') {
      it(`line ${line}: it is what the block above prints`, () => {
        expect(printed, 'A block without a language must follow a command or a program.').toBeDefined();
        expect({ missing: missingLine(code, printed!), printed }).toEqual({ missing: undefined, printed });
      });
    } else {
      it(`line ${line}: its language is one that a reader meets here`, () =>
        expect(['text', 'csv', 'svg', 'html']).toContain(language));
    }
  }

  async function run(program: string, args: string[]): Promise<void> {
    const { status, stdout, stderr } = await reader.run(program, args, folder);
    printed = `${stdout}\n${stderr}`;
    expect({ status, said: printed.slice(-3000) }).toMatchObject({ status: 0 });
  }
});

describe('the pages', () => {
  it('are all run, here or by a test of their own', () => {
    for (const [page, test] of Object.entries(ownTests)) {
      expect(pages).toContain(page);
      expect(readFileSync(join(root, test), 'utf8')).toContain(page);
    }
  });

  it.each([...pages, 'CONTRIBUTING.md', 'SECURITY.md'])('%s links to what exists', (page) => {
    const text = withoutBlocks(page);
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [file = '', anchor] = target.split('#');
      if (/^[a-z]+:/.test(target)) continue;
      const at = file === '' ? join(root, page) : join(root, dirname(page), file);
      expect(existsSync(at), `${page}: ${target}`).toBe(true);
      if (anchor && at.endsWith('.md'))
        expect(anchorsOf(readFileSync(at, 'utf8')), `${page}: ${target}`).toContain(anchor);
    }
  });

  it('name only commands and options that the program has', () => {
    const help = helpTexts();
    for (const page of pages.filter((it) => it !== 'docs/reference/cli.md')) {
      const text = readFileSync(join(root, page), 'utf8');
      for (const [, command = '', rest = ''] of text.matchAll(/(?:npx |`|^\s*)referent ([a-z]+)([^`\n|;>]*)/gm)) {
        expect([...help.keys()], `${page}: referent ${command}`).toContain(command);
        for (const [option] of rest.matchAll(/--[a-z][a-z-]*/g))
          expect(help.get(command), `${page}: referent ${command} ${option}`).toContain(option);
      }
    }
  });

  it('have every one a place in the index', () => {
    const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
    for (const page of pages.filter((it) => /^docs\/(?!README)/.test(it)))
      expect(index, page).toContain(`(${relative('docs', page)})`);
  });
});

describe('the references', () => {
  it('say what the help of the command line says (else: npm run docs:cli)', () => {
    expect(readFileSync(join(root, 'docs/reference/cli.md'), 'utf8')).toBe(cliReference());
  });

  it('name every code of the sources (else: npm run docs:errors)', () => {
    expect(readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')).toBe(errorReference());
  });

  it('find a code that is thrown through a helper, and its words', () => {
    const text = errorReference();
    expect(text).toMatch(/`KB_LOCKED` \| The knowledge base … is being changed by another process\. \| Wait/);
    expect(text).toContain('`TRAINING_NO_CANDIDATES`');
  });
});

describe('what a page shows', () => {
  it.each([
    ['a  12 %', 'x\na 7 %\ny', undefined],
    ['a\n…\ny', 'a\nx\ny', undefined],
    ['Built … in 3 s', 'Built my.kb in 12 s', undefined],
    ['4 entities in 1 s', '4 entities in 1 min 52 s', undefined],
    ['R@1 0.9', 'R@1 1', undefined],
    ['y\na', 'a\ny', 'a'],
    ['b', 'a', 'b'],
    ['Built … today', 'Built my.kb in 12 s', 'Built … today'],
  ])('%j of %j: missing is %j', (shown, printed, missing) => {
    expect(missingLine(shown, printed)).toBe(missing);
  });
});

function markdown(folder: string): string[] {
  return readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .flatMap((path) =>
      statSync(join(root, path)).isDirectory() ? markdown(path) : path.endsWith('.md') ? [path] : [],
    );
}

function parsed(code: string): unknown {
  try {
    return JSON.parse(code);
  } catch {
    return code
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }
}

function withoutBlocks(page: string): string {
  return readFileSync(join(root, page), 'utf8')
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

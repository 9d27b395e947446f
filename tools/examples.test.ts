import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../examples', import.meta.url));

/** What each example shows; one that is not named here is not tested, and fails. */
const shows: Record<string, RegExp> = {
  'custom-mention-detector': /PS-1040 -> Pump seal[\s\S]*XK-999 -> unknown/,
  'evaluate-your-data': /R@1[\s\S]*entity[\s\S]*NIL/,
  'link-a-document': /paris-troy[\s\S]*paris-france[\s\S]*paris-texas/,
  'own-knowledge-base': /products\.csv:5 skipped[\s\S]*4 products[\s\S]*A-100[\s\S]*M-310/,
  'swap-the-index': /exact[\s\S]*usearch[\s\S]*recall@10/,
};

const examples = readdirSync(folder).filter((name) => readdirSync(join(folder, name)).includes('main.mjs'));

it.each(examples)(
  '%s runs and shows what it is for',
  (name) => {
    const options = { cwd: join(folder, name), encoding: 'utf8', timeout: 110_000 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['main.mjs'], options);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(shows[name] ?? /^no expectation of this example$/);
  },
  120_000,
);

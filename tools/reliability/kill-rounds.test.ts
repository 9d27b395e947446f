import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { difference } from './contents.js';
import { killRounds } from './kill-rounds.js';

const folder = mkdtempSync(join(tmpdir(), 'referent-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `npm run test:kills` sets both, and wants to read of every round. */
const { KILL_ROUNDS, KILL_SEED } = process.env;
const rounds = Number(KILL_ROUNDS ?? 5);
const seed = Number(KILL_SEED ?? 5);
const report = KILL_ROUNDS === undefined ? {} : { report: (line: string) => console.log(line) };

it('kill -9 at any point loses nothing, doubles nothing, and leaves nothing behind', {
  timeout: rounds * 60_000,
}, async () => {
  const program = fileURLToPath(new URL('killed-process.ts', import.meta.url));
  const { kills, faults } = await killRounds({ rounds, seed, folder, program, ...report });
  report.report?.(`seed ${seed}: ${rounds} rounds, ${kills} kills, ${faults.length} rounds with faults`);
  expect(faults).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(rounds);
});

it('what is lost, doubled or changed is told', () => {
  const whole = { indexed: { a: 1, b: 1 }, vectors: { a: [1, 2] } };
  expect(difference(whole, whole)).toEqual([]);
  expect(difference({ ...whole, indexed: { a: 1 } }, whole)).toEqual(['indexed/b: undefined instead of 1']);
  expect(difference({ ...whole, indexed: { a: 1, b: 2 } }, whole)).toEqual(['indexed/b: 2 instead of 1']);
  expect(difference({ ...whole, vectors: { a: [1, 3] } }, whole)).toEqual(['vectors/a: [1,3] instead of [1,2]']);
});

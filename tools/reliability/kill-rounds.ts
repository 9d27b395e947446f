import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entity } from '../../packages/core/src/index.js';
import { isReferentError } from '../../packages/core/src/index.js';
import { bundleProgram, runWork } from '../../packages/knowledge-base/test/run-killed.js';
import { seededRandom } from '../../packages/testing/src/data.js';
import { type Contents, difference, filesOf, readContents } from './contents.js';
import { type Backend, backends, indexProviderOf, type KilledRound } from './killed-round.js';

export interface KillRoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** An empty folder to work in. */
  readonly folder: string;
  /** The source of the program that is killed: killed-process.ts. */
  readonly program: string;
  readonly report?: (line: string) => void;
}

export interface KillRoundsResult {
  /** Kills that hit the work, in all rounds. */
  readonly kills: number;
  readonly faults: readonly string[];
}

const kinds = ['build', 'add', 'remove', 'rebuild'] as const;
type Kind = (typeof kinds)[number];
type State = Contents | 'incomplete';

const entityOf = (i: number): Entity => ({
  id: `e${i}`,
  title: `Name ${i % 29}${i % 5 === 0 ? ` Bridge ${i}` : ''}`,
  text: `Text of ${i}.`,
  aliases: [`Other ${i}`],
  world: `w${i % 3}`,
});
const base = Array.from({ length: 150 }, (_, i) => entityOf(i));
/** Seventy new ones, twenty that replace, ten that are there already as they are. */
const more = [
  ...Array.from({ length: 70 }, (_, i) => entityOf(150 + i)),
  ...base.slice(50, 70).map((entity) => ({ ...entity, title: `${entity.title} renamed` })),
  ...base.slice(0, 10),
];
const others = Array.from({ length: 120 }, (_, i) => ({ ...entityOf(i + 60), text: `Another text of ${i}.` }));
const removed = base.filter((_, i) => i % 3 === 1).map(({ id }) => id);
const asked = {
  ids: Array.from({ length: 220 }, (_, i) => `e${i}`),
  names: [
    ...Array.from({ length: 29 }, (_, i) => `Name ${i}`),
    'renamed',
    'Bridge',
    'Name 5 Bridge 150',
    ...Array.from({ length: 44 }, (_, i) => `Other ${i * 5}`),
  ],
  worlds: ['w0', 'w1', 'w2', 'w3'],
};

/**
 * Kills a build, an addition, a removal or a rebuild at a random point, looks whether the knowledge base is in a state
 * that a reader may see, kills the resumed work perhaps again, lets it come to its end, and compares everything with what the
 * same work gives undisturbed. Half of the kills are at a step (any call of the encoder or index, any change of a file), half at
 * a moment.
 */
export async function killRounds({
  rounds,
  seed,
  folder,
  program: source,
  report = () => {},
}: KillRoundsOptions): Promise<KillRoundsResult> {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const program = await bundleProgram(source, folder);
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const lines = (entities: readonly Entity[]) => entities.map((entity) => JSON.stringify(entity)).join('\n');
  const inputs: Record<Kind, string> = {
    build: write('base.jsonl', lines(base)),
    add: write('more.jsonl', lines(more)),
    rebuild: write('others.jsonl', lines(others)),
    remove: write('removed.json', JSON.stringify(removed)),
  };
  const work = (kind: KilledRound['kind'], backend: Backend, at: string): Omit<KilledRound, 'done'> => ({
    kind,
    backend,
    folder: at,
    entities: inputs[kind === 'complete' ? 'add' : kind],
    stepsToLive: 0,
    encoderPause: 0,
  });
  const contentsOf = (at: string, backend: Backend) => readContents(at, indexProviderOf(backend).open, asked);

  /** What the work gives undisturbed, how many steps it has, and how long it takes. */
  const undisturbed = new Map<string, { contents: Contents; files: string[]; steps: number; milliseconds: number }>();
  async function whole(kind: Kind, backend: Backend) {
    const name = `${kind}-${backend}`;
    const known = undisturbed.get(name);
    if (known) return known;
    const at = join(folder, 'whole', name);
    mkdirSync(join(folder, 'whole'), { recursive: true });
    await begin(kind, backend, at);
    const started = Date.now();
    const { outcome, steps } = await runWork(program, work(kind, backend, at));
    if (outcome !== 'done') throw new Error(`undisturbed, ${name} ended with ${outcome}`);
    const milliseconds = Date.now() - started;
    const result = { contents: await contentsOf(at, backend), files: filesOf(at), steps, milliseconds };
    undisturbed.set(name, result);
    return result;
  }
  /** The state that the work begins with: nothing for a build, else a knowledge base. */
  async function begin(kind: Kind, backend: Backend, at: string): Promise<Contents | undefined> {
    rmSync(at, { recursive: true, force: true });
    if (kind === 'build') return undefined;
    const { contents } = await whole('build', backend);
    cpSync(join(folder, 'whole', `build-${backend}`), at, { recursive: true });
    return contents;
  }

  let kills = 0;
  const faults: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const kind = kinds[round % kinds.length]!;
    const backend = backends[(round + Math.floor(round / kinds.length)) % backends.length]!;
    const name = `round ${round + 1}: ${kind}, ${backend}`;
    const at = join(folder, 'round');
    const expected = await whole(kind, backend);
    const problems: string[] = [];
    const points: string[] = [];
    const before = await begin(kind, backend, at);
    let outcome: string | undefined;
    const wanted = 1 + below(3);
    while (points.length < wanted) {
      const isFirst = points.length === 0;
      const byStep = random() < 0.5;
      const stepsToLive = byStep ? 1 + below(isFirst ? expected.steps : Math.ceil(expected.steps / 2)) : 0;
      const killAfter = byStep ? undefined : expected.milliseconds * (0.2 + 0.8 * random());
      const limits = killAfter === undefined ? {} : { killAfter };
      ({ outcome } = await runWork(program, { ...work(kind, backend, at), stepsToLive } as KilledRound, limits));
      if (outcome !== undefined && !isFirst) break;
      if (outcome !== undefined) {
        // It was faster than the kill: that was no round.
        await begin(kind, backend, at);
        continue;
      }
      kills++;
      points.push(byStep ? `step ${stepsToLive} of ${expected.steps}` : `${Math.round(killAfter!)} ms`);
      problems.push(...(await stateProblems(kind, await stateOf(at, backend), before, expected.contents)));
    }
    // An addition may also be completed without its sources; the same call then finds nothing left to do.
    if (kind === 'add' && random() < 0.3) await runWork(program, work('complete', backend, at) as KilledRound);
    if (outcome === undefined) ({ outcome } = await runWork(program, work(kind, backend, at) as KilledRound));
    // A build that was killed when all but its tidying up was done is there already.
    if (outcome !== 'done' && !(kind === 'build' && outcome === 'KB_EXISTS'))
      problems.push(`resumed, it ended with ${outcome}`);
    try {
      problems.push(...difference(await contentsOf(at, backend), expected.contents));
      problems.push(...difference({ files: filesOf(at) } as object, { files: expected.files } as object));
    } catch (error) {
      problems.push(`resumed, it cannot be read: ${(error as Error).message}`);
    }
    report(`${name}, killed at ${points.join(', then ')}: ${problems.length === 0 ? 'whole' : problems.join('; ')}`);
    if (problems.length > 0) {
      faults.push(`${name}, killed at ${points.join(', then ')}: ${problems.join('; ')}`);
    }
  }
  return { kills, faults };

  async function stateOf(at: string, backend: Backend): Promise<State | string> {
    try {
      return await contentsOf(at, backend);
    } catch (error) {
      if (isReferentError(error) && /^KB_(INCOMPLETE|NOT_A_KNOWLEDGE_BASE)$/.test(error.code)) return 'incomplete';
      return `it cannot be read: ${(error as Error).message}`;
    }
  }
}

/** What is wrong with what a reader sees after a kill. */
function stateProblems(kind: Kind, state: State | string, before: Contents | undefined, after: Contents): string[] {
  if (state === 'incomplete') return kind === 'build' ? [] : ['the knowledge base that was there is gone'];
  if (typeof state === 'string') return [state];
  const equals = (expected: Contents) =>
    difference({ ...state, pending: {}, counts: {} }, { ...expected, pending: {}, counts: {} });
  const problems = equals(after);
  if (problems.length === 0 || (before && equals(before).length === 0)) return [];
  if (kind !== 'add') return problems;
  return additionProblems(state, before!);
}

/** Of an addition that was stopped nothing may be seen but that those are gone which it replaces. */
function additionProblems({ entities, vectors, indexed }: Contents, before: Contents): string[] {
  const replaced = new Set(more.slice(70, 90).map(({ id }) => id));
  const problems: string[] = [];
  for (const id of Object.keys(before.entities)) {
    if (!replaced.has(id) && !entities[id]) problems.push(`${id} is lost`);
  }
  for (const id of Object.keys(entities)) {
    const isSame =
      JSON.stringify([entities[id], vectors[id]]) === JSON.stringify([before.entities[id], before.vectors[id]]);
    if (!isSame) problems.push(`${id} is seen too early, or changed`);
    if (indexed[id] !== 1) problems.push(`${id} is found ${indexed[id] ?? 0} times`);
  }
  return problems;
}

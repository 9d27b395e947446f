import { describe, expect, it } from 'vitest';
import { layOutBatch } from '../src/bi-encoder-task.js';
import { candidateLists } from '../src/cross-encoder-task.js';
import { checkTrainingSet, type TrainingExample } from '../src/examples.js';
import { withNamesakes } from '../src/namesakes.js';
import { createRandom } from '../src/random.js';
import { createSampler } from '../src/sampler.js';
import { entities, examples, set } from './tiny.js';

const random = createRandom(1);
const example = (id: string, gold: string[], hardNegatives: string[] = []): TrainingExample => ({
  id,
  mention: { contextLeft: 'a ', surface: 'fox', contextRight: ' is' },
  gold,
  hardNegatives,
});
const fox = (color: string) => `farm-${color}-fox`;

describe('layOutBatch', () => {
  it('encodes each entity once and gives two mentions of one entity one column', () => {
    const batch = {
      set,
      examples: [example('1', [fox('red')]), example('2', [fox('red')]), example('3', [fox('old')])],
    };
    const laidOut = layOutBatch(batch, { random, mined: new Map() }, 1);
    expect(laidOut.entities.map(({ id }) => id)).toEqual([fox('red'), fox('old')]);
    expect([...laidOut.targets.columns]).toEqual([0, 0, 1]);
    expect([...laidOut.targets.alsoRight]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('never calls another id of the gold list wrong', () => {
    const both = [fox('red'), fox('blue')];
    const batch = { set, examples: [example('1', both), example('2', [fox('blue')]), example('3', [fox('red')])] };
    for (let seed = 0; seed < 8; seed++) {
      const { targets, entities } = layOutBatch(batch, { random: createRandom(seed), mined: new Map() }, 0);
      const [row] = [[...targets.alsoRight].slice(0, entities.length)];
      expect(row.filter((it) => it === 1).length).toBe(1);
      expect(row[targets.columns[0]!]).toBe(0);
      expect([...targets.alsoRight].slice(entities.length)).toEqual([0, 0, 0, 0]);
    }
  });

  it('draws hard negatives from the given and the mined ones, never a gold', () => {
    const batch = { set, examples: [example('1', [fox('red')], [fox('red'), fox('old'), 'unknown'])] };
    const mined = new Map([[set.name, new Map([['1', { negatives: [fox('new'), fox('red')], goldRank: 1 }]])]]);
    const { lists, entities } = layOutBatch(batch, { random, mined }, 9);
    expect(lists[0]!.map((column) => entities[column]!.id).sort()).toEqual([fox('new'), fox('old'), fox('red')]);
    expect(lists[0]![0]).toBe(0);
  });
});

describe('candidateLists', () => {
  const batch = (list: TrainingExample[]) => ({ set, examples: list, number: 4 });

  it('puts the gold first and fills up with golds of other examples', () => {
    const list = [example('1', [fox('red')], [fox('old')]), example('2', [fox('new')]), example('3', [fox('blue')])];
    const found = candidateLists(batch(list), { random, mined: new Map() }, { candidates: 3, injectGold: true });
    expect(found.map(({ entities }) => entities.length)).toEqual([3, 3, 3]);
    expect(found.map(({ entities }) => entities[0]!.id)).toEqual([fox('red'), fox('new'), fox('blue')]);
    expect(found[0]!.entities.map(({ id }) => id)).toContain(fox('old'));
  });

  it('leaves out examples whose gold was not mined, where golds are not injected', () => {
    const list = [example('1', [fox('red')]), example('2', [fox('new')])];
    const ranks = [-1, 0].map((goldRank, i) => [`${i + 1}`, { negatives: [fox('old')], goldRank }] as const);
    const mined = new Map([[set.name, new Map(ranks)]]);
    const found = candidateLists(batch(list), { random, mined }, { candidates: 2, injectGold: false });
    expect(found.map((it) => it.example.id)).toEqual(['2']);
    expect(candidateLists(batch(list), { random, mined }, { candidates: 2, injectGold: true }).length).toBe(2);
  });

  it('refuses a batch without candidates', () => {
    const alone = batch([example('1', [fox('red')]), example('2', [fox('red')])]);
    expect(() => candidateLists(alone, { random, mined: new Map() }, { candidates: 4, injectGold: true })).toThrow(
      expect.objectContaining({ code: 'TRAINING_NO_CANDIDATES' }),
    );
  });
});

describe('checkTrainingSet', () => {
  it('leaves out unknown labels and empty mentions, and counts them', () => {
    const empty = { ...example('3', [fox('red')]), mention: { contextLeft: 'a', surface: ' ', contextRight: '' } };
    const bare = {
      ...example('4', [fox('red'), 'gone']),
      mention: { contextLeft: '', surface: 'fox', contextRight: '' },
    };
    const { set: checked, problems } = checkTrainingSet({
      ...set,
      examples: [example('1', [fox('red')]), example('2', ['gone']), empty, bare],
    });
    expect(checked.examples.map(({ id, gold }) => [id, gold])).toEqual([
      ['1', [fox('red')]],
      ['4', [fox('red')]],
    ]);
    expect(problems).toEqual({ unknownLabels: 1, emptyMentions: 1, withoutContext: 1, samples: ['2', '3'] });
  });

  it('refuses a set of which nothing is left', () => {
    expect(() => checkTrainingSet({ ...set, examples: [example('1', ['gone'])] })).toThrow(
      expect.objectContaining({ code: 'TRAINING_EMPTY_SET' }),
    );
  });
});

describe('createSampler', () => {
  const small = { ...set, name: 'small', examples: [example('a', [fox('red')]), example('b', [fox('old')])] };

  it('draws batches of one world, and every example once a round', () => {
    const sampler = createSampler({ sets: [set], batchSize: 8, seed: 1 });
    const seen = new Map<string, number>();
    const worlds: (string | undefined)[] = [];
    for (let i = 0; i < 40; i++) {
      const { world, examples } = sampler.next();
      worlds.push(world);
      expect(new Set(examples.map(({ mention }) => mention.world))).toEqual(new Set([world]));
      expect(new Set(examples).size).toBe(8);
      for (const { id } of examples) seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    expect(new Set(worlds)).toEqual(new Set(['farm', 'wild']));
    expect(seen.size).toBe(examples.length);
    const ofFarm = [...seen].filter(([id]) => id.includes('farm')).map(([, count]) => count);
    expect(Math.max(...ofFarm) - Math.min(...ofFarm)).toBeLessThanOrEqual(1);
  });

  it('mixes sets by size, evened out by the temperature, or by their weights', () => {
    const share = (options: Partial<Parameters<typeof createSampler>[0]>) => {
      const sampler = createSampler({ sets: [set, small], batchSize: 2, seed: 1, ...options });
      return Array.from({ length: 1000 }, () => sampler.next()).filter((it) => it.set.name === 'small').length / 1000;
    };
    expect(share({})).toBeCloseTo(2 / 50, 1);
    expect(share({ temperature: 1e6 })).toBeCloseTo(0.5, 1);
    expect(
      share({
        sets: [
          { ...set, weight: 1 },
          { ...small, weight: 3 },
        ],
      }),
    ).toBeCloseTo(0.75, 1);
  });

  it('refuses weights for some sets only', () => {
    expect(() => createSampler({ sets: [{ ...set, weight: 2 }, small], batchSize: 2, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'TRAINING_MIXED_WEIGHTS' }),
    );
  });

  it('goes on from its state as if it had never stopped', () => {
    const make = () => createSampler({ sets: [set, small], batchSize: 5, seed: 3, temperature: 4 });
    const [one, other] = [make(), make()];
    const ids = (sampler: typeof one, count: number) =>
      Array.from({ length: count }, () => sampler.next().examples.map(({ id }) => id));
    ids(one, 7);
    other.restore(JSON.parse(JSON.stringify(one.state())));
    expect(ids(other, 9)).toEqual(ids(one, 9));
  });

  it('draws a world that is smaller than a batch whole, and never a single example', () => {
    const lonely = { ...example('c', [fox('new')]), mention: { ...example('c', []).mention, world: 'alone' } };
    const sampler = createSampler({
      sets: [{ ...small, examples: [...small.examples, lonely] }],
      batchSize: 8,
      seed: 1,
    });
    expect(sampler.skipped).toEqual(['small/alone']);
    for (let i = 0; i < 5; i++) expect(sampler.next().examples.length).toBe(2);
    expect(() => createSampler({ sets: [{ ...small, examples: [lonely] }], batchSize: 8, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'TRAINING_NO_BATCHES' }),
    );
  });
});

describe('withNamesakes', () => {
  it('takes the bearers of the same name first, of the same world only', () => {
    const { examples } = withNamesakes(set, { count: 5 });
    for (const { gold, hardNegatives } of examples) {
      const [world, , kind] = gold[0]!.split('-');
      expect(hardNegatives!.length).toBeGreaterThanOrEqual(3);
      expect(hardNegatives!.slice(0, 3).every((id) => id.startsWith(`${world}-`) && id.endsWith(kind!))).toBe(true);
      expect(hardNegatives).not.toContain(gold[0]);
    }
  });

  it('counts the hard negatives that an example has already, and keeps them first', () => {
    const own = [fox('old'), 'farm-red-hen'];
    const withOwn = (count: number) =>
      withNamesakes({ ...set, examples: [example('1', [fox('red')], own)] }, { count }).examples[0]!.hardNegatives!;
    expect(withOwn(3)).toHaveLength(3);
    expect(withOwn(3).slice(0, 2)).toEqual(own);
    expect([fox('blue'), fox('new')]).toContain(withOwn(3)[2]);
    // A namesake that is there already is not taken again.
    expect(withOwn(4)).toHaveLength(4);
    expect(withOwn(4).slice(2).sort()).toEqual([fox('blue'), fox('new')]);
    for (const count of [2, 1, 0]) expect(withOwn(count)).toEqual(own);
  });

  it('is the same for the same seed', () => {
    const ids = (seed: number) => withNamesakes(set, { count: 2, seed }).examples.map((it) => it.hardNegatives);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
  });
});

it('the tiny set is what the tests take it for', () => {
  expect(entities.size).toBe(48);
});

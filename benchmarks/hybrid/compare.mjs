import { macroPairedBootstrap, pairedBootstrap } from '@referent/evaluation';
import { fitLinking, fuse } from '@referent/pipeline';

const cutoffs = [1, 16, 64];

/** The ways of fusing, each over what `run.mjs` gathered; groups are worlds, or the whole set where it has none. */
export function compareWays(sets) {
  const groups = sets.flatMap(({ name, examples }) => {
    const worlds = new Map();
    for (const example of examples) {
      const group = name === 'worlds' ? example.world : name;
      worlds.set(group, [...(worlds.get(group) ?? []), example]);
    }
    return [...worlds].map(([world, own]) => ({ name: world, set: name, examples: own.map(exampleOf) }));
  });
  const fitted = fitHalves(groups.filter(({ set }) => set === 'worlds'));
  const ways = {
    'dense, names': (example) => order(example, false, example.fusion),
    'dense, names, lexical': (example) => order(example, true, example.fusion),
    'fitted: dense, names': (example, half) => order(example, false, fitted[half].without.fusion),
    'fitted: dense, names, lexical': (example, half) => order(example, true, fitted[half].with.fusion),
    'reciprocal rank: dense, names': (example) => order(example, false, places('dense', 'names')),
    'reciprocal rank: dense, names, lexical': (example) => order(example, true, places('dense', 'names', 'lexical')),
    'lexical alone': (example) => order(example, true, { weights: { lexical: 1 } }, ['lexical']),
  };
  const rankings = groups.map(({ examples }) =>
    Object.fromEntries(
      Object.entries(ways).map(([way, rank]) => [way, examples.map((example, i) => rank(example, i % 2))]),
    ),
  );
  const rows = groups.map(({ name, set, examples }, g) => ({
    name,
    set,
    mentions: examples.length,
    medianMilliseconds: median(examples.map(({ milliseconds }) => milliseconds)),
    recall: Object.fromEntries(
      Object.entries(rankings[g]).map(([way, ranks]) => [way, cutoffs.map((k) => mean(hits(ranks, k)))]),
    ),
    // However far down: a re-ranker's upper bound.
    found: ['dense, names', 'dense, names, lexical'].map((way) =>
      mean(rankings[g][way].map((rank) => Number(rank > 0))),
    ),
    repaired: examples.flatMap(({ mention, candidates }, i) => {
      const found = rankings[g]['dense, names, lexical'][i];
      if (rankings[g]['dense, names'][i] > 0 || found === 0) return [];
      return [`${mention}: ${candidates.find(({ right }) => right).title}`];
    }),
  }));
  const pairs = [
    ['dense, names', 'dense, names, lexical'],
    ['fitted: dense, names', 'fitted: dense, names, lexical'],
    ['dense, names, lexical', 'reciprocal rank: dense, names, lexical'],
  ];
  const changes = pairs.flatMap(([before, after]) =>
    cutoffs.map((k) => {
      const own = groups.flatMap(({ set }, g) => (set === 'worlds' ? [g] : []));
      const both = own.map((g) => ({ a: hits(rankings[g][after], k), b: hits(rankings[g][before], k) }));
      return { before, after, k, ...macroPairedBootstrap(both) };
    }),
  );
  const others = groups.flatMap(({ name, set }, g) =>
    set === 'worlds'
      ? []
      : cutoffs.map((k) => {
          const [before, after] = pairs[0];
          return {
            name,
            before,
            after,
            k,
            ...pairedBootstrap(hits(rankings[g][after], k), hits(rankings[g][before], k)),
          };
        }),
  );
  return { rows, changes, others, weights: fitted.map((it) => it.with.fusion) };
}

const exampleOf = ({ mention, fusion, milliseconds, candidates }) => ({ mention, fusion, milliseconds, candidates });

/** Which candidates there are; one that only the lexical source found is none where that is left out. */
function pool({ candidates }, withLexical, only = withLexical ? ['dense', 'names', 'lexical'] : ['dense', 'names']) {
  const kept = candidates.filter(({ sources }) => sources.some((name) => only.includes(name)));
  if (withLexical) return kept;
  return kept.map(({ scores: { lexical: _, ...scores }, ...rest }) => ({ ...rest, scores }));
}

/** The place of the right candidate, from 1; 0 where there is none. Ties go against it. */
function order(example, withLexical, fusion, only) {
  const kept = pool(example, withLexical, only);
  const scores = fuse(
    kept.map((it) => it.scores),
    fusion,
  );
  const best = kept.reduce(
    (most, { right }, i) => (right ? Math.max(most, scores[i]) : most),
    Number.NEGATIVE_INFINITY,
  );
  if (best === Number.NEGATIVE_INFINITY) return 0;
  return 1 + kept.filter(({ right }, i) => !right && scores[i] >= best).length;
}

const places = (...names) => ({ weights: Object.fromEntries(names.map((name) => [name, 1])), reciprocalRank: 60 });
const hits = (ranks, k) => ranks.map((rank) => Number(rank > 0 && rank <= k));
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Weights for each half of the mentions, chosen on the other; every world counts the same. */
function fitHalves(groups) {
  return [0, 1].map((half) => {
    const own = groups.flatMap(({ examples }) => {
      const chosen = examples.filter((_, i) => i % 2 !== half);
      return chosen.map((example) => ({ example, weight: 1 / chosen.length }));
    });
    const weigh = (withLexical) =>
      fitLinking({
        examples: own.map(({ example, weight }) => ({
          weight,
          candidates: pool(example, withLexical).map(({ scores, right = false }) => ({ scores, right })),
        })),
        scores: ['dense', 'names', ...(withLexical ? ['lexical'] : []), 'topic'],
        having: 'names',
      });
    return { without: weigh(false), with: weigh(true) };
  });
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

import { ReferentError } from '@referent/core';
import { type Choice, conditionalLogit, type Prior } from './conditional-logit.js';
import type { Decision } from './decision.js';
import { type Fusion, isLowerCase } from './fusion.js';

/** What the stages gave the candidates of one development mention. */
export interface LinkingExample {
  readonly candidates: readonly {
    readonly scores: Readonly<Record<string, number>>;
    readonly rerankScore?: number;
    /** Whether it is a right answer. */
    readonly right: boolean;
  }[];
  /** The mention as it is written: bearers are weighed apart where it begins with a small letter. @default '' */
  readonly surface?: string;
  /** Of this mention in the whole: 1 / n makes the n mentions of a set count as one. @default 1 */
  readonly weight?: number;
}

export interface FitLinkingOptions {
  readonly examples: readonly LinkingExample[];
  /** Scores that are weighed, for candidates with and without `having` apart, and by the mention's letter case. */
  readonly scores: readonly string[];
  /** The score whose bearers are weighed on their own. @default none */
  readonly having?: string;
  /**
   * How many mentions of real texts mean nothing that the knowledge base has. Development mentions all mean something:
   * each counts once more, by this share, with its right candidates taken away. @default 0.2
   */
  readonly nilShare?: number;
  /** What the weights stay near to, as far as the examples say nothing else: a few dozen mentions are little. @default none */
  readonly begin?: { readonly fusion: Fusion; readonly decision: Decision } | undefined;
}

/** Keeps weights finite where the choices can be told apart without any error. */
const weakest = 1e-6;
/** Of the beginning: a thousand mentions outvote it. */
const strength = 1e-4;

export interface FittedLinking {
  readonly fusion: Fusion;
  readonly decision: Required<Pick<Decision, 'temperature' | 'nilScore'>>;
  /** Of the score that ranks what a re-ranker read. Absent where none did. */
  readonly rerank?: { readonly rerank: number; readonly retrieval: number };
}

/**
 * Chooses how the evidence becomes one score and a probability: the weights, the temperature and NIL's score under which
 * the right candidates (or NIL) are most probable, a conditional logit (McFadden 1974). The re-ranker's share is fitted
 * on top of the fused score, at the same temperature and against the same NIL.
 * @throws `FIT_NO_EXAMPLES` no example has a right candidate
 * @throws `FIT_NO_EVIDENCE` the first score does not speak for the right candidates
 */
export function fitLinking({ examples, scores, having, nilShare = 0.2, begin }: FitLinkingOptions): FittedLinking {
  if (!examples.some(({ candidates }) => candidates.some(({ right }) => right))) {
    throw new ReferentError('FIT_NO_EXAMPLES', {
      what: 'There is nothing to fit: none of the development mentions has a right candidate.',
      fix: 'Check that the mentions are labelled with ids of this knowledge base.',
    });
  }
  const plain = scores.filter((name) => name !== having);
  const hasLowerCase = examples.some(({ surface = '' }) => isLowerCase(surface));
  const ofBearers: Group[] = having === undefined ? [] : hasLowerCase ? ['bearers', 'in lower case'] : ['bearers'];
  const columns: Column[] = [
    ...plain.map((name) => ({ name, group: 'others' as const })),
    ...ofBearers.flatMap((group) => scores.map((name) => ({ name, group }))),
  ];
  const featuresOf = (given: Readonly<Record<string, number>>, surface = '') => {
    const isBearer = having !== undefined && given[having] !== undefined;
    const own: Group = !isBearer ? 'others' : isLowerCase(surface) ? 'in lower case' : 'bearers';
    return columns.map(({ name, group }) => (group === own ? (given[name] ?? 0) : 0));
  };
  const choices = examples.flatMap((example) =>
    choicesOf(example, nilShare, ({ scores: given }) => [...featuresOf(given, example.surface), 0], [
      ...columns.map(() => 0),
      1,
    ]),
  );
  const fitted = conditionalLogit(choices, priorOf(columns, begin));
  const scale = fitted[0]!;
  if (!(scale > 0)) {
    throw new ReferentError('FIT_NO_EVIDENCE', {
      what: `The score '${scores[0]}' does not speak for the right candidates.`,
      why: `Its fitted weight is ${scale}.`,
      fix: 'Check that the model belongs to the knowledge base and that the mentions are labelled rightly.',
    });
  }
  const weightsOf = (wanted: Group) => ({
    weights: Object.fromEntries(
      columns.flatMap(({ name, group }, i) => (group === wanted ? [[name, fitted[i]! / scale]] : [])),
    ),
  });
  const fusion: Fusion = {
    ...weightsOf('others'),
    ...(having !== undefined && {
      having: {
        score: having,
        ...weightsOf('bearers'),
        ...(hasLowerCase && { inLowerCase: weightsOf('in lower case') }),
      },
    }),
  };
  const decision = { temperature: 1 / scale, nilScore: fitted.at(-1)! / scale };
  const retrievalOf = (given: Readonly<Record<string, number>>, surface?: string) =>
    featuresOf(given, surface).reduce((sum, value, i) => sum + (value * fitted[i]!) / scale, 0);
  const rerank = fitRerank(examples, retrievalOf, decision, nilShare);
  return { fusion, decision, ...(rerank && { rerank }) };
}

/** Candidates that are weighed alike. */
type Group = 'others' | 'bearers' | 'in lower case';

interface Column {
  readonly name: string;
  readonly group: Group;
}

/** In the scale of logits; NIL's is the last. */
function priorOf(columns: readonly Column[], begin: FitLinkingOptions['begin']): Prior {
  if (!begin) return { weights: [...columns.map(() => 0), 0], strength: weakest };
  const { fusion, decision } = begin;
  const { temperature = 1, nilScore = 0 } = decision;
  const { having = fusion } = fusion;
  const of = { others: fusion, bearers: having, 'in lower case': fusion.having?.inLowerCase ?? having };
  const weights = columns.map(({ name, group }) => (of[group].weights[name] ?? 0) / temperature);
  return { weights: [...weights, Math.max(nilScore, 0) / temperature], strength };
}

function fitRerank(
  examples: readonly LinkingExample[],
  retrievalOf: (scores: Readonly<Record<string, number>>, surface?: string) => number,
  { temperature, nilScore }: FittedLinking['decision'],
  nilShare: number,
): FittedLinking['rerank'] {
  const read = examples.flatMap((example) => {
    const candidates = example.candidates.filter(({ rerankScore }) => rerankScore !== undefined);
    return candidates.length > 0 ? [{ ...example, candidates }] : [];
  });
  if (read.length === 0) return undefined;
  const choices = read.flatMap((example) =>
    choicesOf(
      example,
      nilShare,
      ({ scores, rerankScore }) => [rerankScore!, retrievalOf(scores, example.surface)],
      [0, 0],
      nilScore / temperature,
    ),
  );
  const [rerank, retrieval] = conditionalLogit(choices, { weights: [0, 1 / temperature], strength: weakest });
  return { rerank: rerank! * temperature, retrieval: retrieval! * temperature };
}

/** The mention as it is, and as it would be if nothing were right. NIL stands last. */
function choicesOf(
  { candidates, weight = 1 }: LinkingExample,
  nilShare: number,
  features: (candidate: LinkingExample['candidates'][number]) => number[],
  nilFeatures: number[],
  nilOffset = 0,
): Choice[] {
  const wrong = candidates.filter(({ right }) => !right);
  const choice = (list: LinkingExample['candidates'], share: number): Choice => {
    const isRight = [...list.map(({ right }) => right), false];
    // Nothing right was found: to say so is right.
    if (!isRight.includes(true)) isRight[list.length] = true;
    return {
      features: [...list.map(features), nilFeatures],
      offsets: [...list.map(() => 0), nilOffset],
      isRight,
      weight: weight * share,
    };
  };
  if (wrong.length === candidates.length) return [choice(candidates, 1)];
  return nilShare > 0 ? [choice(candidates, 1 - nilShare), choice(wrong, nilShare)] : [choice(candidates, 1)];
}

import type { EntityText } from './entity.js';
import type { Mention, MentionInContext } from './mention.js';
import type { Rows } from './vector-index.js';
import type { WorkOptions } from './work-options.js';

/** Finds the mentions in a text. */
export interface MentionDetector {
  readonly name: string;
  /** In the order of the text, not overlapping; positions are UTF-16 positions of `text` as it was given. */
  detect(text: string, options?: WorkOptions): Promise<Mention[]>;
}

/** Turns mentions in their contexts into vectors. */
export interface MentionEncoder {
  readonly dimensions: number;
  encodeMentions(mentions: readonly MentionInContext[], options?: WorkOptions): Promise<Rows>; // [N, dimensions]
}

/** Turns entities into vectors of the same space. */
export interface EntityEncoder {
  readonly dimensions: number;
  encodeEntities(entities: readonly EntityText[], options?: WorkOptions): Promise<Rows>; // [N, dimensions]
}

/** A mention and an entity that it may refer to. */
export interface MentionEntityPair {
  readonly mention: MentionInContext;
  readonly entity: EntityText;
}

/** Reads mention and entity together: slower than two vectors, and better. */
export interface PairScorer {
  readonly name: string;
  /** One score per pair, in order; higher is better; comparable within one mention. */
  scorePairs(pairs: readonly MentionEntityPair[], options?: WorkOptions): Promise<Float32Array>;
}

/** Keys with their scores, best first. */
export interface KeyScores {
  readonly keys: Uint32Array;
  readonly scores: Float32Array;
}

export interface RetrieveOptions extends WorkOptions {
  /** At most this many candidates per mention. */
  readonly limit: number;
}

/** Proposes candidates: the dense index, the names of the knowledge base, or a source of the user's own. */
export interface CandidateSource {
  /** Shown with every candidate that it found, and the name of its score. */
  readonly name: string;
  /** One answer per mention, in order. A mention's `world` restricts it. */
  retrieve(mentions: readonly MentionInContext[], options: RetrieveOptions): Promise<KeyScores[]>;
}

/** Scores candidates that a source proposed, whichever it was: one more piece of evidence for the fusion. */
export interface CandidateScorer {
  /** The name of its score. May equal a source's: then it fills in what that source did not score. */
  readonly name: string;
  /** `result[i][j]` belongs to `mentions[i]` and `keys[i][j]`; NaN where it has nothing to say. */
  score(
    mentions: readonly MentionInContext[],
    keys: readonly Uint32Array[],
    options?: WorkOptions,
  ): Promise<Float32Array[]>;
}

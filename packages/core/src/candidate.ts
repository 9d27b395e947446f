import type { Entity } from './entity.js';
import type { Mention } from './mention.js';

/** An entity that a mention may refer to, and what speaks for it. */
export interface Candidate {
  /** The store's number for the entity. */
  readonly key: number;
  readonly entity: Entity;
  /** Names of the candidate sources that found it, in the order of the pipeline. */
  readonly sources: readonly string[];
  /** What each source and scorer gave it, by name. Absent where one had nothing to say. */
  readonly scores: Readonly<Record<string, number>>;
  /** The fused score of the first stage. Higher is better; comparable within one mention only. */
  readonly retrievalScore: number;
  /** The cross-encoder's score, where it read this candidate. */
  readonly rerankScore?: number;
  /** Calibrated, over all candidates of the mention and NIL: together they make 1. */
  readonly probability: number;
}

/** A mention with the decision about it. */
export interface LinkedMention extends Mention {
  /** The best candidate's entity, or null: no entity of this knowledge base is meant (NIL). */
  readonly entity: Entity | null;
  /** The score that ranked the best candidate: re-ranked if it was, else retrieved; 0 without candidates. */
  readonly score: number;
  /** Of the decision: the best candidate's probability, or NIL's where `entity` is null. */
  readonly probability: number;
  /** Best first. */
  readonly candidates: readonly Candidate[];
}

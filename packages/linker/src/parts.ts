import type {
  CandidateSource,
  EntityStore,
  MentionEncoder,
  NamesIndex,
  PairScorer,
  VectorIndex,
  VectorStore,
} from '@referent/core';
import type { Decision, Fusion, NameScores, Reranker } from '@referent/pipeline';

/** What a linker needs of a model: what `openModel` of `@referent/model` gives, or parts of one's own. */
export interface LinkerModel {
  readonly name: string;
  /** `name` retrieves; `topic`, where there is one, compares what the surrounding text is about. */
  readonly mentionEncoders: { readonly name: MentionEncoder; readonly topic?: MentionEncoder };
  /** Reads mention and candidate together. Absent where the model has no re-ranker. */
  readonly pairScorer?: PairScorer;
  /** How the evidence becomes one score and a probability. The scores are called dense, names, lexical and topic. */
  readonly linking: {
    readonly nameScores: NameScores;
    readonly fusion: Fusion;
    /** How the re-ranker's score and the fused one are mixed. @default the re-ranker's alone */
    readonly rerank?: NonNullable<Reranker['weights']>;
    readonly decision: Decision;
  };
}

/** What a linker needs of a knowledge base: what `openKnowledgeBase` gives, or parts of one's own. */
export interface LinkerKnowledge {
  readonly store: EntityStore;
  readonly names: NamesIndex;
  /** Searches the names by their words. Absent where nothing has indexed them. */
  readonly lexical?: CandidateSource;
  /** Of the entities' vectors, by the store's keys. */
  readonly index: VectorIndex;
  /** The same vectors, to read again. */
  readonly vectors: VectorStore;
}

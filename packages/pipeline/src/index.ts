export { type Decision, decide } from './decision.js';
export { createDenseSource, type DenseSourceOptions } from './dense-source.js';
export type { CutDocument, Document, LinkedDocument, TextDocument } from './document.js';
export { type FitLinkingOptions, type FittedLinking, fitLinking, type LinkingExample } from './fit-linking.js';
export { type Fusion, fuse } from './fusion.js';
export { memoizeMentionEncoder } from './memoize-encoder.js';
export { createNamesSource, defaultNameScores, type NameScores, type NamesSourceOptions } from './names-source.js';
export {
  createPipeline,
  type LinkOptions,
  type LinkTextOptions,
  type Pipeline,
  type PipelineOptions,
} from './pipeline.js';
export type { Reranker } from './rerank.js';
export { createVectorScorer, type VectorScorerOptions } from './vector-scorer.js';

export type { CandidateScorerContract, CandidateSourceContract } from './candidate-contracts.js';
export { testCandidateScorer, testCandidateSource } from './candidate-contracts.js';
export type { ContractPromise, KnownDivergences } from './contract.js';
export { testContract } from './contract.js';
export type { ClusteredRowsOptions, GaussianRowsOptions } from './data.js';
export { clusteredRows, gaussianRows, rowsOf, seededRandom, unitRows } from './data.js';
export type { EncoderContract } from './encoder-contract.js';
export { testEntityEncoder, testMentionEncoder } from './encoder-contract.js';
export type { EntityStoreContract } from './entity-store-contract.js';
export { testEntityStore } from './entity-store-contract.js';
export { createFakeEncoder, createFakePairScorer, createFakeSource } from './fakes.js';
export { createMemoryStore } from './memory-store.js';
export type { MentionDetectorContract } from './mention-detector-contract.js';
export { testMentionDetector } from './mention-detector-contract.js';
export type { NamesIndexContract } from './names-index-contract.js';
export { testNamesIndex } from './names-index-contract.js';
export type { PairScorerContract } from './pair-scorer-contract.js';
export { testPairScorer } from './pair-scorer-contract.js';
export { createReferenceIndex } from './reference-index.js';
export type { NamedEntity } from './reference-names.js';
export { createReferenceNames } from './reference-names.js';
export { hardTexts, sampleEntities, sampleMentions } from './samples.js';
export { tinyBertConfig, tinyBertWeights, tinyVocabulary } from './tiny-bert.js';
export type {
  ConnectedIndexContract,
  CuttableIndex,
  SavedIndexContract,
  TestFiles,
  VectorIndexContract,
} from './vector-index/contract.js';
export { testVectorIndex } from './vector-index/contract.js';

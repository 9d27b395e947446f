export type { ContractPromise, KnownDivergences } from './contract.js';
export { testContract } from './contract.js';
export type { ClusteredRowsOptions, GaussianRowsOptions } from './data.js';
export { clusteredRows, gaussianRows, rowsOf, seededRandom, unitRows } from './data.js';
export { createReferenceIndex } from './reference-index.js';
export type { SavedIndexContract, TestFiles, VectorIndexContract } from './vector-index/contract.js';
export { testVectorIndex } from './vector-index/contract.js';

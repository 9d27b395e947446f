// Runs anywhere: tools/package-graph.json says so, and the checks hold it to that.
export { createMemoryKnowledge, type MemoryKnowledge } from './memory-knowledge.js';
export { createMemoryVectors, type MemoryVectorsOptions } from './memory-vectors.js';

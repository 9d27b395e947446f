export { type BertHead, type BertInputs, bertStates, bertVectors } from './bert.js';
export { type BertConfig, parseBertConfig } from './bert-config.js';
export { type BertProgramOptions, bertProgram } from './bert-program.js';
export { bertShapes, bertWeights } from './bert-weights.js';
export { type InputBatch, type InputBatchOptions, inputBatches } from './input-batches.js';
export { layeredWeights } from './layered-weights.js';
export { type NamedWeights, readSafetensors, type SafetensorsOptions } from './safetensors.js';
export { createTransformer, type Transformer, type TransformerOptions } from './transformer.js';
export { type StoredFormat, type WriteSafetensorsOptions, writeSafetensors } from './write-safetensors.js';

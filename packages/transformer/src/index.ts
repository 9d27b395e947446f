export { type Batch, type BatchLimits, cutBatches } from './batches.js';
export { type BertHead, type BertInputs, bertStates, bertVectors } from './bert.js';
export { type BertConfig, parseBertConfig } from './bert-config.js';
export { type BertProgramOptions, bertProgram } from './bert-program.js';
export { bertShapes, bertWeights } from './bert-weights.js';
export { checkSequence } from './check-sequence.js';
export { type NamedWeights, readSafetensors, type SafetensorsOptions } from './safetensors.js';
export { batchInputs, createTransformer, type Transformer, type TransformerOptions } from './transformer.js';
export { type WriteSafetensorsOptions, writeSafetensors } from './write-safetensors.js';

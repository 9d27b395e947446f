export { createEagerEngine, type EagerEngineOptions } from './eager-engine.js';
export { createEagerOps, type EagerOpsOptions, type EagerTensorFlow } from './eager-ops.js';
export type { Engine, Executable, Precision } from './engine.js';
export type { GraphBuilder, Length } from './graph/graph-builder.js';
export type { GraphDialect } from './graph/graph-layers.js';
export type { GraphTensor } from './graph/graph-tensor.js';
export type { WeightFile } from './graph/graph-weights.js';
export { emitSavedModel, type GraphOptions, graphFingerprint, type SavedModelBytes } from './graph/saved-model.js';
export {
  emitTensorGraph,
  type TensorGraph,
  type TensorGraphEngine,
  type TensorGraphSource,
} from './graph/tensor-graph.js';
export { decodeBfloat16, decodeFloat16, encodeBfloat16, encodeFloat16 } from './number-formats.js';
export {
  assertInputs,
  type ElementType,
  type InputSpec,
  type Program,
  type Tensor,
  type WeightSource,
  type WeightTensor,
} from './program.js';
export {
  type Activation,
  type AttentionWeights,
  type DenseWeights,
  maskedScore,
  type TensorOps,
} from './tensor-ops.js';

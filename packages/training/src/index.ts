export { type AdamW, type AdamWOptions, type AdamWState, createAdamW } from './adamw.js';
export { type BiEncoderTaskOptions, createBiEncoderTask } from './bi-encoder-task.js';
export type { Checkpoint, CheckpointName, CheckpointStore, Json } from './checkpoint.js';
export { type CrossEncoderTaskOptions, createCrossEncoderTask } from './cross-encoder-task.js';
export { type CurvesOptions, drawCurves } from './curves.js';
export {
  type CheckedSet,
  checkTrainingSet,
  type Mined,
  type MinedNegatives,
  type TrainingBatch,
  type TrainingExample,
  type TrainingSet,
} from './examples.js';
export { type LayerGraphs, openLayerGraphs } from './layer-graphs.js';
export { type EncodedPart, type LossGradients, type LossGradientsOptions, lossGradients } from './loss-gradients.js';
export { type InBatchOptions, type InBatchTargets, inBatchLoss } from './losses.js';
export type { Augmentation } from './mention-inputs.js';
export { type MiningOptions, mineNegatives } from './mining.js';
export { type NamesakeOptions, withNamesakes } from './namesakes.js';
export type { NewProjection } from './new-projection.js';
export { createRandom, type Random } from './random.js';
export { createSampler, type Sampler, type SamplerOptions, type SamplerState } from './sampler.js';
export { learningRateAt, type ScheduleOptions } from './schedule.js';
export type { BatchContext, ComputeOptions, DistillationOptions, TrainingTask } from './task.js';
export {
  type CandidateList,
  combineTeachers,
  type EncoderTeacherOptions,
  type Teacher,
  teacherFromEncoders,
  teacherFromPairScorer,
} from './teacher.js';
export { createTower, type Frozen, type Tower, type TowerOptions } from './tower.js';
export {
  createTowerEncoders,
  createTowerTransformer,
  type TowerEncoders,
  type TowerEncodersOptions,
  type TowerTransformerOptions,
} from './tower-encoders.js';
export {
  type EvaluationMetrics,
  type StepMetrics,
  type TrainingEvaluation,
  type TrainingResult,
  type TrainingRunOptions,
  train,
} from './trainer.js';
export type { TrainingTensorFlow } from './training-ops.js';

export { type CacheFolderOptions, defaultCacheFolder } from './cache-folder.js';
export { type DoctorFacts, type DoctorOptions, type DoctorReport, type DoctorTool, doctorFacts } from './doctor.js';
export type { DoctorAdvice } from './doctor-advice.js';
export type { HostPlatform, NativeEngineKind } from './engine-layout.js';
export {
  type FetchModelOptions,
  fetchableModels,
  fetchModel,
  isModelCached,
  type ModelFacts,
  type ModelName,
  type ModelPlace,
  modelFacts,
} from './fetch-model.js';
export type { FoundEngine } from './find-engines.js';
export type { Machine } from './machine.js';
export type { ReducedPrecision, SpeedMeasurement } from './precision-choice.js';
export { type ProvisionEngineOptions, type ProvisionedEngine, provisionEngine } from './provision-engine.js';
export {
  type EngineChoice,
  type EngineInfo,
  type StartEngineOptions,
  type StartedEngine,
  startEngine,
} from './start-engine.js';
export type { TensorFlow } from './tensorflow.js';

export { createFetchedFiles, type FetchedFilesOptions } from './fetched-files.js';
export type { ModelFiles, ReadModelFileOptions } from './files.js';
export type { EncoderSettings, LinkingSettings, ModelManifest, RerankerSettings } from './manifest.js';
export { type Model, type OpenModelOptions, openModel } from './open-model.js';
export { untunedLinking } from './sentence-encoder.js';

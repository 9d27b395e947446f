export { createFolderFiles } from './folder-files.js';
export { findInHubCache } from './hub-cache.js';
export type { EncoderSettings, LinkingSettings, ModelManifest, RerankerSettings } from './manifest.js';
export type { Model } from './open-model.js';
export { type OpenModelFolderOptions, openModel } from './open-model-folder.js';

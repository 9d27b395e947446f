export { findInHubCache } from './hub-cache.js';
export type { CrossEncoderSettings, EncoderSettings, LinkingSettings, ModelManifest } from './manifest.js';
export { type Model, type OpenModelOptions, openModel } from './open-model.js';

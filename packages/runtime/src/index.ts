export { type CacheFolderOptions, defaultCacheFolder } from './cache-folder.js';
export type { HostPlatform, NativeEngineKind } from './engine-layout.js';
export { type ProvisionEngineOptions, type ProvisionedEngine, provisionEngine } from './provision-engine.js';

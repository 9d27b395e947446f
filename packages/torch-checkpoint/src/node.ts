export { openTorchFile, type TorchFile } from './node/open-torch-file.js';
export { writeSafetensorsFile } from './node/write-safetensors-file.js';

export { bytesSource } from './byte-source.js';
export { openTorchCheckpoint } from './checkpoint.js';
export { checkRowCount, type RowCountOptions } from './errors.js';
export { safetensorsChunks } from './safetensors.js';
export type {
  ByteSource,
  OpenTorchOptions,
  OtherValue,
  RowBlock,
  RowBlockOptions,
  SafetensorsPlanOptions,
  TensorInfo,
  TorchCheckpoint,
  TorchDtype,
  TorchTensor,
} from './types.js';

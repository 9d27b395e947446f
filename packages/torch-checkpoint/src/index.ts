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

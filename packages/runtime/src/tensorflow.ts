import type * as tfjs from '@tensorflow/tfjs-core';

/** TensorFlow.js as an engine brought it, its backend chosen. */
export type TensorFlow = typeof tfjs;

/** What @tensorflow/tfjs-node(-gpu) adds to it. */
export interface NativeTensorFlow extends TensorFlow {
  readonly node: { loadSavedModel(folder: string): Promise<SavedModel> };
}

export interface SavedModel {
  predict(inputs: tfjs.NamedTensorMap): tfjs.NamedTensorMap;
  dispose(): void;
}

export interface NativeBackend extends tfjs.KernelBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(session: number, ...rest: readonly unknown[]): tfjs.Tensor[];
}

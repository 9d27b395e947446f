import { ReferentError } from '@referent/core';
import { dtypes, toFloat32 } from './dtypes.js';
import { countOf } from './pickle/check-view.js';
import type { SafetensorsPlanOptions, TensorInfo, TorchCheckpoint, TorchDtype } from './types.js';

interface Planned {
  readonly tensor: TensorInfo;
  readonly name: string;
  readonly dtype: TorchDtype;
  readonly bytes: number;
}

/**
 * A checkpoint's tensors as the bytes of a safetensors file, in order, in pieces of a few MiB. Tensors that share a storage
 * are written one by one. `onProgress` counts the bytes of the new file's tensors.
 * https://github.com/huggingface/safetensors#format
 * @throws `TORCH_DUPLICATE_NAME` two tensors get one name
 */
export async function* safetensorsChunks(
  checkpoint: TorchCheckpoint,
  { rename = ({ name }) => name, floats = 'keep', metadata, signal, onProgress }: SafetensorsPlanOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const planned = plan(checkpoint.tensors, rename, floats);
  yield headerOf(planned, metadata);
  const total = planned.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const { tensor, dtype } of planned) {
    for await (const piece of checkpoint.chunks(tensor.name, { signal })) {
      const converted = tensor.dtype === dtype ? piece : float32Bytes(tensor.dtype, piece);
      yield converted;
      done += converted.length;
      onProgress?.({ step: 'convert weights', done, total, unit: 'bytes' });
    }
  }
}

function plan(
  tensors: readonly TensorInfo[],
  rename: (tensor: TensorInfo) => string | undefined,
  floats: 'float32' | 'keep',
): Planned[] {
  const names = new Map<string, string>();
  return tensors.flatMap((tensor) => {
    const name = rename(tensor);
    if (name === undefined) return [];
    const other = names.get(name);
    if (other !== undefined) throw duplicate(name, other, tensor.name);
    names.set(name, tensor.name);
    const toFloat = tensor.dtype === 'float64' || (floats === 'float32' && /float/.test(tensor.dtype));
    const dtype = toFloat ? 'float32' : tensor.dtype;
    return [{ tensor, name, dtype, bytes: countOf(tensor.shape) * dtypes[dtype].width }];
  });
}

function headerOf(planned: readonly Planned[], metadata?: Readonly<Record<string, string>>): Uint8Array {
  let position = 0;
  const entries: [string, unknown][] = metadata ? [['__metadata__', metadata]] : [];
  for (const { tensor, name, dtype, bytes } of planned) {
    const place = [position, position + bytes];
    entries.push([name, { dtype: dtypes[dtype].safetensors, shape: tensor.shape, data_offsets: place }]);
    position += bytes;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  // Spaces at the header's end bring the tensors to an address that is a multiple of 8.
  const length = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}

function float32Bytes(dtype: TorchDtype, piece: Uint8Array): Uint8Array {
  const { buffer } = new Uint8Array(piece); // a copy, even of a Buffer, whose slice() is a view
  return new Uint8Array(toFloat32(dtype, buffer).buffer);
}

function duplicate(name: string, first: string, second: string): ReferentError {
  return new ReferentError('TORCH_DUPLICATE_NAME', {
    what: `Two tensors would be called ${name}: ${first} and ${second}.`,
    fix: 'Rename one of them.',
    details: { name, tensors: [first, second] },
  });
}

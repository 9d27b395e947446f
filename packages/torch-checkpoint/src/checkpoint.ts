import { ReferentError } from '@referent/core';
import { exactSource, fileOf } from './byte-source.js';
import { dtypes, toFloat32 } from './dtypes.js';
import { noTensor } from './errors.js';
import { findStateDict } from './find-state-dict.js';
import { countOf, type View } from './pickle/check-view.js';
import type { Tensor } from './pickle/values.js';
import { readLayout } from './read-layout.js';
import { type Region, readPieces, readRegion } from './read-view.js';
import type { ByteSource, OpenTorchOptions, RowBlock, RowBlockOptions, TensorInfo, TorchCheckpoint } from './types.js';

const blockBytes = 8 * 2 ** 20;

/**
 * Opens what torch.save wrote, in either serialization: a state dict, a checkpoint with one inside, or a single tensor.
 * Reads its structure, not its numbers. Nothing in it is run.
 * @throws `TORCH_FOREIGN_FILE` it is something else
 * @throws `TORCH_TRUNCATED` it ends too early; both sizes are named
 * @throws `TORCH_CORRUPT`, `TORCH_MISSING_STORAGE` its parts do not fit together
 * @throws `TORCH_REFUSED_GLOBAL`, `TORCH_REFUSED_OPCODE` it wants more than tensors need: the name is in the message
 * @throws `TORCH_LIMIT` it wants more memory than a checkpoint's structure can need
 * @throws `TORCH_UNSUPPORTED_DTYPE`, `TORCH_UNSUPPORTED_FILE` it is right, but of a kind that is not read here
 * @throws `TORCH_NO_STATE_DICT`, `TORCH_AMBIGUOUS_STATE_DICT` where its weights are cannot be told
 */
export async function openTorchCheckpoint(
  source: ByteSource,
  { stateDict, signal }: OpenTorchOptions = {},
): Promise<TorchCheckpoint> {
  signal?.throwIfAborted();
  const file = fileOf(source);
  const exact = exactSource(source);
  const { serialization, root, locate } = await readLayout(exact);
  const { path, tensors, others } = findStateDict(root, file, stateDict);
  const infos = new Map([...tensors].map(([name, { dtype, shape }]) => [name, { name, dtype, shape }]));

  const info = (name: string): TensorInfo => {
    const found = infos.get(name);
    if (found) return found;
    const some = [...infos.keys()].slice(0, 5).map((it) => it || 'a single one, without a name');
    throw noTensor(file, name, `It has ${infos.size}: ${some.join(', ')}${infos.size > 5 ? ', …' : ''}`);
  };
  const regionOf = async (name: string, narrow?: (view: Tensor) => View): Promise<Region> => {
    info(name);
    const tensor = tensors.get(name)!;
    const { width } = dtypes[tensor.dtype];
    return { source: exact, start: await locate(tensor.storage), width, view: narrow?.(tensor) ?? tensor };
  };

  const checkpoint: TorchCheckpoint = {
    serialization,
    stateDict: path,
    tensors: [...infos.values()],
    others,
    has: (name) => infos.has(name),
    info,
    async tensor(name, options) {
      const buffer = await readRegion(await regionOf(name), options);
      return { ...info(name), data: dtypes[info(name).dtype].array(buffer) };
    },
    async float32(name, options) {
      return toFloat32(info(name).dtype, await readRegion(await regionOf(name), options));
    },
    async rows(name, start, end, options) {
      checkRows(file, info(name), start, end);
      const region = await regionOf(name, (view) => rowsOf(view, start, end));
      return toFloat32(info(name).dtype, await readRegion(region, options));
    },
    rowBlocks: (name, options) => rowBlocks(checkpoint, file, name, options),
    async *chunks(name, options) {
      yield* readPieces(await regionOf(name), options);
    },
  };
  return checkpoint;
}

async function* rowBlocks(
  checkpoint: TorchCheckpoint,
  file: string,
  name: string,
  { rows, start = 0, end, signal, onProgress }: RowBlockOptions = {},
): AsyncGenerator<RowBlock, void, undefined> {
  const { shape } = checkpoint.info(name);
  const last = end ?? shape[0] ?? 0;
  checkRows(file, checkpoint.info(name), start, last);
  const fitting = Math.floor(blockBytes / (4 * Math.max(1, countOf(shape.slice(1)))));
  const step = Math.max(1, rows ?? fitting);
  for (let row = start; row < last; row += step) {
    const next = Math.min(row + step, last);
    yield { start: row, rows: next - row, data: await checkpoint.rows(name, row, next, { signal }) };
    onProgress?.({ step: 'read rows', done: next - start, total: last - start, unit: 'rows' });
  }
}

function rowsOf({ offset, shape, strides }: View, start: number, end: number): View {
  return { offset: offset + start * strides[0]!, shape: [end - start, ...shape.slice(1)], strides };
}

function checkRows(file: string, { name, shape }: TensorInfo, start: number, end: number): void {
  const [rows] = shape;
  if (rows === undefined) throw noTensor(file, name, 'It is a single number and has no rows');
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end && end <= rows) return;
  throw new ReferentError('TORCH_ROW_RANGE', {
    what: `Rows ${start} to ${end} of ${name || file} do not all exist.`,
    why: `It has ${rows}.`,
    details: { file, name, start, end, rows },
  });
}

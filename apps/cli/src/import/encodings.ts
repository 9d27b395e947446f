import { ReferentError, type WorkOptions } from '@referent/core';
import { openTorchFile, type TorchFile } from '@referent/torch-checkpoint/node';

/** Vectors of entities that were computed before: row n belongs to line n of the catalogue. Read by ranges. */
export interface Encodings {
  readonly file: string;
  readonly rows: number;
  read(start: number, end: number, work?: WorkOptions): Promise<Float32Array>; // [end - start, dimensions]
  close(): Promise<void>;
}

/**
 * Opens a .t7 of torch.save that holds one matrix.
 * @throws `IMPORT_ENCODING_SHAPE` it holds something else, or vectors of another length; and those of the checkpoint
 */
export async function openEncodings(path: string, dimensions: number): Promise<Encodings> {
  const file = await openTorchFile(path);
  try {
    const [tensor, ...others] = file.tensors;
    if (!tensor || others.length > 0) throw wrongShape(path, `It holds ${file.tensors.length} tensors`, dimensions);
    const [rows, columns, ...rest] = tensor.shape;
    if (rows === undefined || columns !== dimensions || rest.length > 0 || !/float/.test(tensor.dtype)) {
      throw wrongShape(path, `It holds ${tensor.dtype} [${tensor.shape}]`, dimensions, tensor.shape);
    }
    return { ...encodingsOf(file, tensor.name), file: path, rows };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function encodingsOf(file: TorchFile, name: string): Pick<Encodings, 'read' | 'close'> {
  return { read: (start, end, work) => file.rows(name, start, end, work), close: () => file.close() };
}

function wrongShape(file: string, why: string, dimensions: number, found?: readonly number[]): ReferentError {
  return new ReferentError('IMPORT_ENCODING_SHAPE', {
    what: `${file} does not hold this model's encodings of a catalogue.`,
    why: `${why}; the model gives vectors of ${dimensions}, so one matrix [entities, ${dimensions}] of floats is needed.`,
    fix: 'Give the encodings that were made with this model, or leave --entity-encoding out: they are then computed.',
    details: { file, dimensions, ...(found && { found }) },
  });
}

import { ReferentError } from '@referent/core';

const download = 'Fetch or copy the file again.';

/** The file ends before its contents do. `expected` is absent where the missing part held it. */
export function truncated(file: string, found: number, expected?: number, least = false): ReferentError {
  const needs = expected === undefined ? 'more' : `${least ? 'at least ' : ''}${expected}`;
  return new ReferentError('TORCH_TRUNCATED', {
    what: `${file} is cut off.`,
    why: `It has ${found} bytes and should have ${needs}.`,
    fix: download,
    details: { file, found, ...(expected !== undefined && { expected }) },
  });
}

export function corrupt(file: string, why: string, details: Readonly<Record<string, unknown>> = {}): ReferentError {
  return new ReferentError('TORCH_CORRUPT', {
    what: `${file} is a damaged PyTorch checkpoint.`,
    why: `${why}.`,
    fix: download,
    details: { file, ...details },
  });
}

export function foreign(file: string, why: string): ReferentError {
  return new ReferentError('TORCH_FOREIGN_FILE', {
    what: `${file} is not a PyTorch checkpoint.`,
    why: `${why}.`,
    fix: 'Give a file that torch.save wrote.',
    details: { file },
  });
}

/** Something that torch.save can write and this package does not read. */
export function unsupportedFile(file: string, why: string, fix: string): ReferentError {
  return new ReferentError('TORCH_UNSUPPORTED_FILE', {
    what: `${file} cannot be read.`,
    why: `${why}.`,
    fix,
    details: { file },
  });
}

export function unsupportedDtype(file: string, dtype: string): ReferentError {
  return new ReferentError('TORCH_UNSUPPORTED_DTYPE', {
    what: `${file} holds numbers of the type ${dtype}.`,
    why: 'Only float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8 and bool can be read.',
    fix: 'Convert the tensors in Python and save them again.',
    details: { file, dtype },
  });
}

export function refusedGlobal(file: string, name: string): ReferentError {
  return new ReferentError('TORCH_REFUSED_GLOBAL', {
    what: `${file} asks for ${name}, which is refused. Nothing was run.`,
    why: 'A checkpoint can name any Python function or class; only those that tensors need are known here.',
    fix: 'If you trust the file, load it in Python and save its state dict alone: torch.save(model.state_dict(), path).',
    details: { file, global: name },
  });
}

export function refusedOpcode(file: string, opcode: string, position: number, why: string): ReferentError {
  return new ReferentError('TORCH_REFUSED_OPCODE', {
    what: `${file} uses the pickle instruction ${opcode} at byte ${position}, which is refused. Nothing was run.`,
    why: `${why}.`,
    fix: 'If you trust the file, load it in Python and save its state dict alone: torch.save(model.state_dict(), path).',
    details: { file, opcode, position },
  });
}

export function overLimit(file: string, what: string, limit: number): ReferentError {
  return new ReferentError('TORCH_LIMIT', {
    what: `${file} was given up: ${what}.`,
    why: `The limit is ${limit}, so that a hostile file cannot fill the memory.`,
    fix: 'Load the file in Python and save its state dict alone: torch.save(model.state_dict(), path).',
    details: { file, limit },
  });
}

export function missingStorage(file: string, key: string): ReferentError {
  return new ReferentError('TORCH_MISSING_STORAGE', {
    what: `${file} does not hold the numbers that it names as storage ${key}.`,
    fix: download,
    details: { file, storage: key },
  });
}

export function noTensor(file: string, name: string, why: string): ReferentError {
  return new ReferentError('TORCH_NO_TENSOR', {
    what: `${file} has no such tensor: ${name === '' ? 'a single one, without a name' : name}.`,
    why: `${why}.`,
    details: { file, name },
  });
}

export interface RowCountOptions {
  /** The file of rows, for the message. */
  readonly file: string;
  /** What says how many rows there should be, for the message: "entity.jsonl". */
  readonly other: string;
}

/**
 * Holds the rows of a file of vectors to the number of things that they stand for.
 * @throws `TORCH_ROW_COUNT` the two differ; both counts are named
 */
export function checkRowCount(found: number, expected: number, { file, other }: RowCountOptions): void {
  if (found === expected) return;
  throw new ReferentError('TORCH_ROW_COUNT', {
    what: `${file} has ${found} rows; ${other} has ${expected}.`,
    why: 'Row n stands for line n, so the two must have as many.',
    fix: 'Give files that were made from each other.',
    details: { file, other, found, expected },
  });
}

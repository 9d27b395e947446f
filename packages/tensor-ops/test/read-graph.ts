/** Reads a SavedModel back: only the fields that the emitter writes. */
import { BinaryReader } from '@bufbuild/protobuf/wire';

export interface ReadNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Fields>;
}

/** Values of a message by field number: numbers for varints and floats, bytes for the rest. */
export type Fields = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

export interface ReadGraph {
  readonly nodes: readonly ReadNode[];
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
}

export function readSavedModel(bytes: Uint8Array): ReadGraph {
  const meta = fieldsOf(bytesAt(fieldsOf(bytes), 2));
  const graph = fieldsOf(bytesAt(meta, 2));
  const signature = fieldsOf(bytesAt(fieldsOf(bytesAt(meta, 5)), 2));
  return {
    nodes: (graph.get(1) ?? []).map((node) => readNode(node as Uint8Array)),
    inputs: tensorNames(signature, 1),
    outputs: tensorNames(signature, 2),
  };
}

export function fieldsOf(bytes: Uint8Array): Fields {
  const fields = new Map<number, (number | Uint8Array)[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const values = fields.get(field) ?? [];
    fields.set(field, values);
    if (wireType === 2) values.push(reader.bytes());
    else if (wireType === 5) values.push(reader.float());
    else values.push(Number(reader.int64()));
  }
  return fields;
}

export function bytesAt(fields: Fields, field: number): Uint8Array {
  const value = fields.get(field)?.[0];
  if (!(value instanceof Uint8Array)) throw new Error(`no message in field ${field}`);
  return value;
}

export function numberAt(fields: Fields | undefined, field: number): number {
  return (fields?.get(field)?.[0] as number | undefined) ?? 0;
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The sizes of a TensorShapeProto. */
export function readShape(bytes: Uint8Array): number[] {
  return (fieldsOf(bytes).get(2) ?? []).map((size) => numberAt(fieldsOf(size as Uint8Array), 1));
}

function readNode(bytes: Uint8Array): ReadNode {
  const fields = fieldsOf(bytes);
  const attributes = (fields.get(5) ?? []).map((entry) => {
    const pair = fieldsOf(entry as Uint8Array);
    return [textOf(bytesAt(pair, 1)), fieldsOf(bytesAt(pair, 2))] as const;
  });
  return {
    name: textOf(bytesAt(fields, 1)),
    op: textOf(bytesAt(fields, 2)),
    inputs: (fields.get(3) ?? []).map((input) => textOf(input as Uint8Array)),
    attributes: new Map(attributes),
  };
}

function tensorNames(signature: Fields, field: number): Map<string, string> {
  const entries = (signature.get(field) ?? []).map((entry) => {
    const pair = fieldsOf(entry as Uint8Array);
    return [textOf(bytesAt(pair, 1)), textOf(bytesAt(fieldsOf(bytesAt(pair, 2)), 1))] as const;
  });
  return new Map(entries);
}

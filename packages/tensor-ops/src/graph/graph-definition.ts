/**
 * TensorFlow's GraphDef, written by hand: tensorflow/core/framework/{node_def,attr_value,tensor}.proto.
 * The content of a constant comes last in each of the messages around it, so that a node is a head and, for a
 * constant, bytes that are made only while the file is written: a model is never in memory twice.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Numbers of tensorflow/core/framework/types.proto. */
export const dataTypes = { float32: 1, int32: 3, bfloat16: 14, float16: 19 } as const;
export type DataType = keyof typeof dataTypes;

export interface LazyBytes {
  readonly byteLength: number;
  bytes(): Uint8Array;
}

export interface EncodedNode {
  readonly head: Uint8Array;
  readonly content?: LazyBytes;
}

export type Attribute =
  | { readonly type: DataType }
  | { readonly int: number }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly shape: readonly number[] };

export interface NodeDefinition {
  readonly name: string;
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export function encodeNode({ name, op, inputs = [], attributes = {} }: NodeDefinition): EncodedNode {
  const writer = new BinaryWriter();
  writeText(writer, 1, name);
  writeText(writer, 2, op);
  for (const input of inputs) writeText(writer, 3, input);
  for (const [key, attribute] of Object.entries(attributes)) {
    writer.tag(5, WireType.LengthDelimited).fork();
    writeText(writer, 1, key);
    writer.tag(2, WireType.LengthDelimited).fork();
    writeAttribute(writer, attribute);
    writer.join().join();
  }
  return { head: writer.finish() };
}

export function encodeConstant(
  name: string,
  type: DataType,
  shape: readonly number[],
  content: LazyBytes,
): EncodedNode {
  const length = content.byteLength;
  const tensor = new BinaryWriter();
  tensor.tag(1, WireType.Varint).int32(dataTypes[type]);
  tensor.tag(2, WireType.LengthDelimited).fork();
  writeShape(tensor, shape);
  tensor.join().tag(4, WireType.LengthDelimited).uint32(length);
  const value = enclose(new BinaryWriter(), 8, tensor.finish(), length);
  const entry = enclose(writeText(new BinaryWriter(), 1, 'value'), 2, value, length);
  const { head } = encodeNode({ name, op: 'Const', attributes: { dtype: { type } } });
  return { head: enclose(new BinaryWriter().raw(head), 5, entry, length), content };
}

/** Appends a field that holds `head` and then `contentLength` bytes, which the caller writes after it. */
export function enclose(writer: BinaryWriter, field: number, head: Uint8Array, contentLength: number): Uint8Array {
  return writer
    .tag(field, WireType.LengthDelimited)
    .uint32(head.byteLength + contentLength)
    .raw(head)
    .finish();
}

export function writeText(writer: BinaryWriter, field: number, text: string): BinaryWriter {
  return writer.tag(field, WireType.LengthDelimited).string(text);
}

/** -1 stands for any length. */
export function writeShape(writer: BinaryWriter, shape: readonly number[]): void {
  for (const size of shape) {
    writer.tag(2, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int64(size).join();
  }
}

function writeAttribute(writer: BinaryWriter, attribute: Attribute): void {
  if ('type' in attribute) writer.tag(6, WireType.Varint).int32(dataTypes[attribute.type]);
  else if ('int' in attribute) writer.tag(3, WireType.Varint).int64(attribute.int);
  else if ('float' in attribute) writer.tag(4, WireType.Bit32).float(attribute.float);
  else if ('bool' in attribute) writer.tag(5, WireType.Varint).bool(attribute.bool);
  else if ('string' in attribute) writeText(writer, 2, attribute.string);
  else if ('shape' in attribute) {
    writer.tag(7, WireType.LengthDelimited).fork();
    writeShape(writer, attribute.shape);
    writer.join();
  } else {
    writer.tag(1, WireType.LengthDelimited).fork();
    for (const text of attribute.strings) writeText(writer, 2, text);
    writer.join();
  }
}

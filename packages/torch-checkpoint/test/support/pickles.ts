/** Writes pickles instruction by instruction, so that tests can write what no program would. */
export type Part = string | number | readonly number[] | Uint8Array;

/** Text stands for its bytes (latin1), a number for one byte. */
export function bytesOf(...parts: readonly Part[]): Uint8Array {
  const pieces = parts.map((part) => {
    if (typeof part === 'string') return Uint8Array.from(part, (character) => character.charCodeAt(0));
    return typeof part === 'number' ? Uint8Array.of(part) : Uint8Array.from(part);
  });
  return new Uint8Array(Buffer.concat(pieces));
}

export function uint32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}

export const protocol = '\x80\x02';

export function global(module: string, name: string): string {
  return `c${module}\n${name}\n`;
}

export function text(value: string): Uint8Array {
  return bytesOf('X', uint32(value.length), value);
}

/** A tensor of floats in storage '0', as torch.save writes it. */
export function tensor(
  options: { offset?: Part; shape?: Part; strides?: Part; count?: Part; key?: string; view?: Part } = {},
): Uint8Array {
  const {
    offset = 'K\x00',
    shape = 'K\x02\x85',
    strides = 'K\x01\x85',
    count = 'K\x02',
    key = '0',
    view = '',
  } = options;
  const storage = bytesOf(
    '(',
    text('storage'),
    global('torch', 'FloatStorage'),
    text(key),
    text('cpu'),
    count,
    view,
    'tQ',
  );
  const hooks = `${global('collections', 'OrderedDict')})R`;
  return bytesOf(
    global('torch._utils', '_rebuild_tensor_v2'),
    '(',
    storage,
    offset,
    shape,
    strides,
    '\x89',
    hooks,
    'tR',
  );
}

const magic = bytesOf(protocol, '\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.');

/** A file of the legacy form around a pickled object; storages are listed as given. */
export function legacyFile(
  object: Uint8Array,
  storages: readonly { key: string; data: Float32Array }[] = [],
): Uint8Array {
  const keys = bytesOf(protocol, '](', ...storages.map(({ key }) => text(key)), 'e.');
  const numbers = storages.map(({ data }) => bytesOf(uint32(data.length), uint32(0), new Uint8Array(data.buffer)));
  return bytesOf(magic, protocol, 'M\xe9\x03.', protocol, '}.', object, keys, ...numbers);
}

export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array;
  /** 0 is stored, 8 is deflated. @default 0 */
  readonly method?: number;
}

/** A zip file without zip64 records. */
export function zipFile(parts: readonly ZipPart[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let position = 0;
  for (const { name, data, method = 0 } of parts) {
    const common = bytesOf([0, 0, method, 0], [0, 0, 0, 0], uint32(0), uint32(data.length), uint32(data.length));
    const header = bytesOf('PK\x03\x04', [20, 0], common, [name.length, 0, 0, 0], name);
    const attributes = new Uint8Array(8);
    directory.push(
      bytesOf('PK\x01\x02', [20, 0, 20, 0], common, [name.length, 0, 0, 0, 0, 0], attributes, uint32(position), name),
    );
    pieces.push(header, data);
    position += header.length + data.length;
  }
  const table = bytesOf(...directory);
  const count = [parts.length & 255, parts.length >> 8];
  const end = bytesOf('PK\x05\x06', [0, 0, 0, 0], count, count, uint32(table.length), uint32(position), [0, 0]);
  return bytesOf(...pieces, table, end);
}

import { crc32 } from 'node:zlib';

export interface ZipMember {
  readonly name: string;
  readonly content: string;
  /** @default 0o644 */
  readonly mode?: number;
}

/** A zip file of stored (not compressed) members. */
export function makeZip(members: readonly ZipMember[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o644 } of members) {
    const data = Buffer.from(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(checksum(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 6);
    central.writeUInt32LE(offset, 10);
    const madeOnUnix = Buffer.from([20, 3]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), madeOnUnix, common, central, Buffer.from(name)]));
    pieces.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...pieces, ...directory, Buffer.from('PK\x05\x06'), end]);
}

/** zlib has it from Node 20.15 on; its types came later. */
function checksum(data: Buffer): number {
  return (crc32 as (data: Buffer) => number)(data);
}

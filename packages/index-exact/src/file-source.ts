import type { FileHandle } from 'node:fs/promises';
import { type IndexFileHeader, partsOf, readAt } from './index-file.js';
import { blockRows, type RowBlock, type RowReader, type RowSource } from './row-source.js';

/** Keys that are looked through at once: 4 MB. */
const keysAtOnce = 1 << 20;
/** Rows so near to each other are read together with what lies between them. */
const nearRows = 16;

/** The rows of a file, read as they are wanted: two blocks of memory per search, whatever the size. */
export interface FileSource extends RowSource {
  /** The rows of these keys, ascending; unknown keys are left out. Reads the keys of the whole file. */
  slotsOf(keys: Uint32Array): Promise<Uint32Array>;
}

export function createFileSource(file: FileHandle, header: IndexFileHeader): FileSource {
  const { dimensions, codec, count } = header;
  const parts = partsOf(header);

  const readKeys = async (from: number, length: number) =>
    new Uint32Array((await readAt(file, parts.keys + from * 4, length * 4)).buffer, 0, length);

  /** Rows `from` to `from + length` into `target`, of which they are the first; as numbers. */
  const readRows = async (from: number, length: number, target: Float32Array, row: number, slots?: Uint32Array) => {
    const bytes = await readAt(file, parts.rows + from * parts.rowBytes, length * parts.rowBytes);
    const values = codec.view(bytes.buffer as ArrayBuffer, bytes.byteOffset, length * dimensions);
    const scaleBytes = codec.hasScales ? await readAt(file, parts.scales + from * 4, length * 4) : undefined;
    const scaleOf = (at: number) => scaleBytes?.readFloatLE(at * 4) ?? 1;
    if (!slots && !scaleBytes) return codec.decode(values, 0, length * dimensions, 1, target, row * dimensions);
    const wanted = slots ? Array.from(slots, (slot) => slot - from) : Array.from({ length }, (_, at) => at);
    wanted.forEach((at, i) => {
      codec.decode(values, at * dimensions, dimensions, scaleOf(at), target, (row + i) * dimensions);
    });
  };

  function openReader(): RowReader {
    const buffers: Float32Array[] = [];
    let turn = 0;
    const nextBuffer = () => {
      turn = 1 - turn;
      buffers[turn] ??= new Float32Array(blockRows * dimensions);
      return buffers[turn]!;
    };
    return {
      async block(from, length): Promise<RowBlock> {
        const rows = nextBuffer();
        const [keys] = await Promise.all([readKeys(from, length), readRows(from, length, rows, 0)]);
        return { rows, keys };
      },
      async gather(slots): Promise<RowBlock> {
        const rows = nextBuffer();
        const keys = new Uint32Array(slots.length);
        for (let at = 0; at < slots.length; ) {
          let end = at + 1;
          while (end < slots.length && slots[end]! - slots[end - 1]! <= nearRows) end++;
          const [first, last] = [slots[at]!, slots[end - 1]!];
          const group = slots.subarray(at, end);
          await readRows(first, last - first + 1, rows, at, group);
          const near = await readKeys(first, last - first + 1);
          group.forEach((slot, i) => {
            keys[at + i] = near[slot - first]!;
          });
          at = end;
        }
        return { rows, keys };
      },
    };
  }

  return {
    dimensions,
    count,
    openReader,
    async slotsOf(wanted) {
      const allowed = new Set(wanted);
      const found: number[] = [];
      for (let from = 0; from < count && found.length < allowed.size; from += keysAtOnce) {
        const keys = await readKeys(from, Math.min(keysAtOnce, count - from));
        keys.forEach((key, at) => {
          if (allowed.has(key)) found.push(from + at);
        });
      }
      return Uint32Array.from(found);
    },
  };
}

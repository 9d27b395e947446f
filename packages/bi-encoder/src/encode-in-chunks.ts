import type { Rows, TokenSequence, WorkOptions } from '@referent/core';
import type { Transformer } from '@referent/transformer';

/** What an encoder needs of a transformer. */
export type SequenceEncoder = Pick<Transformer, 'dimensions' | 'maximumLength' | 'encode'>;

export interface ChunkOptions<Item> extends WorkOptions {
  readonly transformer: SequenceEncoder;
  readonly layout: (item: Item) => TokenSequence;
  /** What is encoded, for people: "entities". */
  readonly unit: string;
}

/** Token ids of this many inputs are held at once; enough for the transformer to find inputs of like length. */
const chunkSize = 4096;

/** Lays out and encodes a list of any length, holding the tokens of a part of it only. */
export async function encodeInChunks<Item>(
  items: readonly Item[],
  { transformer, layout, unit, signal, onProgress, onTiming }: ChunkOptions<Item>,
): Promise<Rows> {
  const { dimensions } = transformer;
  const data = new Float32Array(items.length * dimensions); // [items, dimensions]
  signal?.throwIfAborted();
  for (let start = 0; start < items.length; start += chunkSize) {
    const before = onTiming ? performance.now() : 0;
    const sequences = items.slice(start, start + chunkSize).map(layout);
    onTiming?.('tokenize', performance.now() - before);
    const rows = await transformer.encode(sequences, {
      signal,
      onProgress: ({ done }) => onProgress?.({ step: `encode ${unit}`, done: start + done, total: items.length, unit }),
    });
    data.set(rows.data, start * dimensions);
    signal?.throwIfAborted();
  }
  return { data, count: items.length };
}

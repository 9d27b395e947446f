/** A batch of sequences: which ones, and how long they are padded. */
export interface Batch {
  readonly indices: readonly number[];
  readonly length: number;
}

export interface BatchLimits {
  /** Sequences times padded length of a batch stay at or below it; a longer single sequence is a batch of its own. */
  readonly maximumTokens: number;
  /** Lengths are padded up to a multiple of it. */
  readonly lengthMultiple: number;
  /** No sequence is padded beyond it. */
  readonly maximumLength: number;
}

/**
 * Cuts sequences into batches of like lengths, longest first: the first batch needs the most memory. Padding is then
 * a few tokens a batch, whatever the mix of lengths.
 */
export function cutBatches(lengths: readonly number[], limits: BatchLimits): Batch[] {
  const { maximumTokens, lengthMultiple, maximumLength } = limits;
  const padded = (length: number) =>
    Math.max(length, Math.min(Math.ceil(length / lengthMultiple) * lengthMultiple, maximumLength));
  const order = Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: Batch[] = [];
  for (let start = 0; start < order.length; ) {
    const length = padded(lengths[order[start]!]!);
    const count = Math.max(1, Math.floor(maximumTokens / length));
    batches.push({ indices: order.slice(start, start + count), length });
    start += count;
  }
  return batches;
}

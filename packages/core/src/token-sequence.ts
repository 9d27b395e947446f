/** What a tokenizer hands to a transformer: one input, unpadded. All arrays have the same length T. */
export interface TokenSequence {
  readonly ids: readonly number[]; // [T]
  /** Segment (token type) of each token. @default all 0 */
  readonly segments?: readonly number[]; // [T]
  /** Position of each token. @default 0, 1, 2, ... */
  readonly positions?: readonly number[]; // [T]
}

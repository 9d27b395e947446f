/** Rows per block: with 384 dimensions 1.5 MB, which stays in a core's cache while all queries pass over it. */
export const blockRows = 1024;

export interface RowBlock {
  readonly rows: Float32Array; // [blockRows, dimensions], of which the first are meant
  readonly keys: Uint32Array; // [rows that are meant]
}

/** Rows in memory or in a file, as a scan wants them. */
export interface RowSource {
  readonly dimensions: number;
  readonly count: number;
  /** One per scan: what it answers stays as it is until its next answer but one. */
  openReader(): RowReader;
}

export interface RowReader {
  /** Rows `from` to `from + length`, of one block: `from` is a multiple of `blockRows`. */
  block(from: number, length: number): RowBlock | Promise<RowBlock>;
  /** These rows, ascending; no more than `blockRows`. */
  gather(slots: Uint32Array): RowBlock | Promise<RowBlock>;
}

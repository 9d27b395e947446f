/** Queries that one pass over a block of rows answers together. */
export const queryGroup = 4;

/**
 * Inner products of one query with the rows of a block. Four rows at a time share the loads of the query.
 * Queries are in double precision: it saves the conversion of every value, and sums are exact to about 1e-16.
 *
 * `scores[r]` is written for r < rowCount, and up to three beyond, where the block has rows: ignore those.
 */
export function dotOneQuery(
  rows: Float32Array, // [R, dimensions], R a multiple of 4
  rowCount: number,
  query: Float64Array, // [dimensions]
  scores: Float32Array, // [R]
): void {
  const dimensions = query.length;
  for (let row = 0; row < rowCount; row += 4) {
    const r0 = row * dimensions;
    const r1 = r0 + dimensions;
    const r2 = r1 + dimensions;
    const r3 = r2 + dimensions;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let d = 0; d < dimensions; d++) {
      const q = query[d]!;
      s0 += rows[r0 + d]! * q;
      s1 += rows[r1 + d]! * q;
      s2 += rows[r2 + d]! * q;
      s3 += rows[r3 + d]! * q;
    }
    scores[row] = s0;
    scores[row + 1] = s1;
    scores[row + 2] = s2;
    scores[row + 3] = s3;
  }
}

/** The same for four queries: two rows at a time, so that six loads serve eight products. */
export function dotFourQueries(
  rows: Float32Array, // [R, dimensions], R a multiple of 4
  rowCount: number,
  queries: Float64Array, // [4, dimensions]
  scores: Float32Array, // [4, R]
): void {
  const dimensions = queries.length / queryGroup;
  const [q1, q2, q3] = [dimensions, 2 * dimensions, 3 * dimensions];
  const stride = scores.length / queryGroup;
  for (let row = 0; row < rowCount; row += 2) {
    const r0 = row * dimensions;
    const r1 = r0 + dimensions;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let d = 0; d < dimensions; d++) {
      const a = rows[r0 + d]!;
      const b = rows[r1 + d]!;
      const x0 = queries[d]!;
      const x1 = queries[q1 + d]!;
      const x2 = queries[q2 + d]!;
      const x3 = queries[q3 + d]!;
      a0 += a * x0;
      a1 += a * x1;
      a2 += a * x2;
      a3 += a * x3;
      b0 += b * x0;
      b1 += b * x1;
      b2 += b * x2;
      b3 += b * x3;
    }
    scores[row] = a0;
    scores[stride + row] = a1;
    scores[2 * stride + row] = a2;
    scores[3 * stride + row] = a3;
    scores[row + 1] = b0;
    scores[stride + row + 1] = b1;
    scores[2 * stride + row + 1] = b2;
    scores[3 * stride + row + 1] = b3;
  }
}

/** Matrices in 8 bits: each row has its own scale, and is symmetric around 0. */
export interface EightBitRows {
  readonly codes: Int8Array; // [R, C], from -127 to 127
  readonly scales: Float32Array; // [R]
}

export function encodeEightBitRows(data: Float32Array, rows: number): EightBitRows {
  const width = rows === 0 ? 0 : data.length / rows;
  const codes = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const values = data.subarray(row * width, (row + 1) * width);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) continue;
    const scale = Math.fround(largest / 127);
    scales[row] = scale;
    for (let i = 0; i < width; i++) codes[row * width + i] = Math.round(values[i]! / scale);
  }
  return { codes, scales };
}

export function decodeEightBitRows({ codes, scales }: EightBitRows): Float32Array {
  const width = scales.length === 0 ? 0 : codes.length / scales.length;
  const data = new Float32Array(codes.length);
  for (const [row, scale] of scales.entries()) {
    for (let i = row * width; i < (row + 1) * width; i++) data[i] = codes[i]! * scale;
  }
  return data;
}

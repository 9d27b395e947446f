/** The formats of `readBenchmark`. */
export const benchmarkFormats = ['referent', 'blink', 'zeshel', 'blink-zeshel', 'kilt', 'elevant', 'nif'] as const;

export type BenchmarkFormat = (typeof benchmarkFormats)[number];

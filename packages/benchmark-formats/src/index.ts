export type { BenchmarkFormat } from './benchmark-format.js';
export { benchmarkFormats } from './benchmark-format.js';
export { blinkZeshelCandidate } from './blink/candidate-text.js';
export type {
  BlinkFigures,
  BlinkFiguresCounter,
  BlinkFiguresOptions,
  BlinkResult,
  BlinkWorldFigures,
} from './blink/figures.js';
export { createBlinkFigures } from './blink/figures.js';
export { formatBlinkFigures } from './blink/format-figures.js';
export type { InBatchAccuracy, InBatchAccuracyOptions } from './blink/in-batch-accuracy.js';
export { createInBatchAccuracy } from './blink/in-batch-accuracy.js';
export type { BlinkZeshelRecord } from './blink/zeshel-records.js';
export { toBlinkZeshel, toPythonJson } from './blink/zeshel-records.js';
export type { BenchmarkErrorCode } from './errors.js';
export type { LabelledMention } from './labelled-mention.js';
export type { BenchmarkInput, ReadBenchmarkOptions } from './read-benchmark.js';
export { readBenchmark } from './read-benchmark.js';
export type { TextLine } from './text-lines.js';
export { textLines } from './text-lines.js';
export type { ZeshelDocument, ZeshelDocuments } from './zeshel/documents.js';
export { zeshelWorlds } from './zeshel/worlds.js';

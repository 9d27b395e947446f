export { createFileCheckpoints } from './file-checkpoints.js';
export { type MetricsFile, openMetricsFile } from './metrics-file.js';

export type { BootstrapOptions, Interval, PairedComparison } from './bootstrap.js';
export { bootstrapInterval, pairedBootstrap } from './bootstrap.js';
export type {
  Evaluation,
  EvaluationOptions,
  EvaluationReport,
  GroupScores,
  ReportIntervals,
} from './evaluation.js';
export { createEvaluation, evaluate } from './evaluation.js';
export { formatJson, formatMarkdown, formatTable } from './format.js';
export type { MentionResult } from './mention-result.js';
export type { Outcomes } from './outcomes.js';
export { hitsAt } from './outcomes.js';
export type { MacroScores, PrecisionRecall, RecallAt, Scores } from './scores.js';

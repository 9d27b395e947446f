export type { BootstrapOptions, Interval, PairedComparison } from './bootstrap.js';
export { bootstrapInterval, macroBootstrapInterval, macroPairedBootstrap, pairedBootstrap } from './bootstrap.js';
export type { Calibration, CalibrationBin, CalibrationOptions } from './calibration.js';
export { calibrationOf } from './calibration.js';
export type { ComparedMeasure, CompareOptions, Comparison } from './comparison.js';
export { compareOutcomes } from './comparison.js';
export type {
  AverageIntervals,
  Evaluation,
  EvaluationOptions,
  EvaluationReport,
  GroupScores,
  ReportIntervals,
} from './evaluation.js';
export { createEvaluation, evaluate } from './evaluation.js';
export { formatJson, formatMarkdown, formatTable } from './format.js';
export type { MentionResult } from './mention-result.js';
export type { Outcomes, RankOutcomes } from './outcomes.js';
export { hitsAt } from './outcomes.js';
export type { SpeedAndAccuracy } from './pareto-front.js';
export { paretoFront } from './pareto-front.js';
export type { ReliabilityPlotOptions } from './reliability-plot.js';
export { drawReliability } from './reliability-plot.js';
export type { MacroScores, PrecisionRecall, RecallAt, Scores } from './scores.js';
export type { Table } from './table.js';
export { asMarkdown, asText } from './table.js';
export type { Judged } from './tally.js';
export type { TradeoffPlotOptions, TradeoffPoint } from './tradeoff-plot.js';
export { drawTradeoff } from './tradeoff-plot.js';

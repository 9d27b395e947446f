import type { EvaluationReport } from './evaluation.js';
import { notesOf, tablesOf } from './report-tables.js';
import { asMarkdown, asText } from './table.js';

/** The report as JSON text, for other programs. */
export function formatJson(report: EvaluationReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** The report as aligned columns for a terminal. Shares are in per cent; "-" where there is nothing to measure. */
export function formatTable(report: EvaluationReport): string {
  return `${[...tablesOf(report).map(asText), ...notesOf(report)].join('\n\n')}\n`;
}

/** The report as Markdown tables. */
export function formatMarkdown(report: EvaluationReport): string {
  return `${[...tablesOf(report).map(asMarkdown), ...notesOf(report)].join('\n\n')}\n`;
}

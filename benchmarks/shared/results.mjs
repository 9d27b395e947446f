import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

/** Writes results/NAME.json, for programs, and results/NAME.md, for people. */
export function writeResults(name, data, markdown) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(data, null, 2)}\n`);
  writeFileSync(`${folder}${name}.md`, `${markdown.trimEnd()}\n`);
  console.error(`Written: benchmarks/results/${name}.json and ${name}.md`);
}

/** Rows of cells as a Markdown table; the first column to the left, numbers to the right. */
export function markdownTable([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n');
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One line on the machine, for the end of a report. */
export function machineLine({ cpu, cores, cpuFeatures, memoryGiB, platform, node }) {
  const features = cpuFeatures.length > 0 ? ` (${cpuFeatures.join(', ')})` : '';
  return `${cpu}${features}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}`;
}

// Writes benchmarks/results/encode.{json,md} from the times of a run.
import { writeFileSync } from 'node:fs';

const results = new URL('../results/', import.meta.url);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Per contender: medians, and the median over the rounds of the peer's time divided by its own. */
function summarize(times, peer) {
  const peerTimes = Object.entries(times).find(([name]) => name.startsWith(peer))[1];
  return Object.entries(times).map(([name, rounds]) => ({
    name,
    wallSeconds: median(rounds.map(({ wall }) => wall)),
    cpuSeconds: median(rounds.map(({ cpu }) => cpu)),
    wallRatio: median(rounds.map(({ wall }, i) => peerTimes[i].wall / wall)),
    cpuRatio: median(rounds.map(({ cpu }, i) => peerTimes[i].cpu / cpu)),
  }));
}

function table(rows) {
  const cells = rows.map(({ name, wallSeconds, cpuSeconds, wallRatio, cpuRatio }) =>
    [
      name,
      `${(wallSeconds * 1e3).toFixed(0)} ms`,
      `${wallRatio.toFixed(2)}x`,
      `${(cpuSeconds * 1e3).toFixed(0)} ms`,
      `${cpuRatio.toFixed(2)}x`,
    ].join(' | '),
  );
  return [
    '| encoder | time | speed against the peer | processor time | by processor time |',
    '|---|---|---|---|---|',
    ...cells.map((row) => `| ${row} |`),
  ].join('\n');
}

export function report({ square, entities, ...facts }) {
  const result = {
    date: new Date().toISOString().slice(0, 10),
    command: 'node benchmarks/encode/encode.mjs (its head says how)',
    ...facts,
    square: { tokens: square.tokens, rows: summarize(square.times, facts.peer) },
    entities: { ...entities, times: undefined, rows: summarize(entities.times, facts.peer) },
  };
  const versions = Object.entries(facts.versions).map(([name, version]) => `${name} ${version}`);
  const text = `# Encoding with all-MiniLM-L6-v2

${result.date}, ${facts.cpu}, ${facts.threads} threads, medians of ${facts.rounds} interleaved rounds; ${versions.join(', ')}.
The ratio is the median over the rounds of the peer's time divided by the encoder's own: above 1 is faster than the peer,
${facts.peer}. Processor time counts all threads and hardly feels what else runs on the machine.
Precision \`auto\` takes ${facts.auto.precision} here: ${facts.auto.reason}.${facts.note && `\n${facts.note}`}

## 32 sequences of 128 tokens

${table(result.square.rows)}

## ${entities.count} entity descriptions, ${entities.meanTokens.toFixed(1)} tokens on average, at most 128

Title and text as \`[CLS] title [SEP] text [SEP]\`. Referent sorts by length and pads within a batch; the peer pads each to 128.

${table(result.entities.rows)}
`;
  writeFileSync(new URL('encode.json', results), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(new URL('encode.md', results), text);
  process.stdout.write(text);
}

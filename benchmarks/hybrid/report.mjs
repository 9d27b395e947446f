import { machineLine, markdownTable } from '../shared/results.mjs';

const share = (value) => (value === 1 ? '1' : value.toFixed(3).replace(/^(-?)0/, '$1'));
const signed = (value) => `${value < 0 ? '' : '+'}${share(value)}`;
const interval = ({ mean, low, high }) => `${signed(mean)} (${signed(low)} to ${signed(high)})`;

export function formatReport({ date, command, commit, machine, every, note, rows, changes, others, weights }) {
  const ways = Object.keys(rows[0].recall);
  const figures = markdownTable([
    ['', ...rows.map(({ name, mentions }) => `${name} (${mentions})`)],
    ...ways.map((way) => [way, ...rows.map(({ recall }) => recall[way].map(share).join(' / '))]),
    ['among the candidates at all, without / with', ...rows.map(({ found }) => found.map(share).join(' / '))],
    ['lexical, ms a mention, median', ...rows.map(({ medianMilliseconds }) => medianMilliseconds.toFixed(2))],
  ]);
  const change = markdownTable([
    ['from', 'to', 'R@1', 'R@16', 'R@64'],
    ...groupsOf(changes, 3).map((own) => [own[0].before, own[0].after, ...own.map(interval)]),
    ...groupsOf(others, 3).map((own) => [`${own[0].name}: ${own[0].before}`, own[0].after, ...own.map(interval)]),
  ]);
  const repaired = rows.flatMap(({ name, repaired: own }) => {
    const counts = new Map();
    for (const it of own) counts.set(it, (counts.get(it) ?? 0) + 1);
    const list = [...counts].map(([it, count]) => (count > 1 ? `${it} (${count})` : it)).join('; ');
    return own.length > 0 ? [`- ${name}, ${own.length}: ${list}`] : [];
  });
  return `# With and without the lexical source: recall at 1 / 16 / 64

\`${command}\`, ${date}, commit ${commit}. ${machineLine(machine)}.${sampled(every)}${note ? `\n\nNote: ${note}` : ''}

*dense, names*: what \`referent link\` does, with the model's own weights; *lexical* added, its score has no weight there: it only brings candidates in.
*fitted*: weights chosen on one half of the five worlds' mentions and measured on the other, both ways (geo and wsd took no part in the choice). *reciprocal rank*: places
instead of scores, constant 60.

${figures}

## Changes, with 95 % intervals (paired bootstrap)

Macro average of the five worlds where no set is named.

${change}

## Found by the lexical source only

${repaired.join('\n') || 'Nothing.'}

Weights that were fitted: ${weights.map((it) => `\`${JSON.stringify(rounded(it))}\``).join(' and ')}.
`;
}

function groupsOf(list, size) {
  return Array.from({ length: list.length / size }, (_, i) => list.slice(i * size, (i + 1) * size));
}

function rounded(value) {
  return JSON.parse(JSON.stringify(value, (_, it) => (typeof it === 'number' ? Number(it.toPrecision(3)) : it)));
}

function sampled(every) {
  const parts = Object.entries(every).filter(([, n]) => n > 1);
  return parts.length > 0 ? ` One mention of so many: ${parts.map(([name, n]) => `${name} ${n}`).join(', ')}.` : '';
}

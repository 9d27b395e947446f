import { machineLine, markdownTable } from '../shared/results.mjs';
import { ways } from './measure.mjs';

/** .8214 -> ".821", 1 -> "1". */
function share(value) {
  return value === 1 ? '1' : value.toFixed(3).replace(/^0/, '');
}

function recall(values) {
  return values ? values.map(share).join(' / ') : '-';
}

export function formatReport(result) {
  const { date, command, commit, machine, engine, model, bm25s, rows, leftOut, namesakes, precision } = result;
  const figures = markdownTable([
    ['set', 'mentions', 'candidates', 'PyTorch', ...Object.keys(ways), 'BM25'],
    ...rows.map(({ set, mentions, entities, reference, recall: measured }) => [
      set,
      mentions,
      entities,
      recall(reference),
      ...[...Object.keys(ways), 'bm25'].map((way) => recall(measured[way])),
    ]),
  ]);
  const formats = Object.keys(precision);
  const precisions = markdownTable([
    ['set', ...formats],
    ...Object.keys(precision[formats[0]]).map((set) => [
      set,
      ...formats.map((format) => recall(precision[format][set])),
    ]),
  ]);
  return `# Retrieval: recall at 1 / 16 / 64

\`${command}\`, ${date}, commit ${commit}.

${model}; TensorFlow ${engine.tensorflowVersion} (${engine.kind}), ${engine.precision}: ${engine.precisionReason}. bm25s ${bm25s}.
${machineLine(machine)}.

*dense*: the mention alone is the query, the 64 nearest vectors are the answer. *PyTorch*: the same, computed in float32 without this code.
*names*: the bearers of the mention's words as title or alias, in the order of the final score. *fused*: both, as \`referent link\` does it.
*BM25*: the mention is the query, title and text are the document.

${figures}
${leftOut.length > 0 ? `\nNot measured this time: ${leftOut.join(', ')}.\n` : ''}
The four worlds of \`worlds\`, CL of \`bio\`; their candidates are the entities of that world. wsd-lemma: the same mentions as wsd, the candidates are the
synsets of the mention's lemma and part of speech (their sum is given); wsd: all of WordNet 3.0. The descriptions of both hold no aliases, and a mention is
an inflected word: names can do little there.

Namesakes, through the whole pipeline: **${namesakes.right} of ${namesakes.of}** right.
${namesakes.wrong.map(({ text }) => `- wrong: ${text}`).join('\n')}

## Number formats

Entities and mentions encoded in each, *dense*, only the entities of these worlds in the index.

${precisions}
`;
}

import { type ParsedRecord, parseEntity } from './entity-record.js';

export type WordNetScope = 'named' | 'nouns';

/** `offset lex_file type word_count (word lex_id)… pointer_count (symbol offset type source/target)… | gloss` */
export function parseSynset(line: string, scope: WordNetScope): ParsedRecord | undefined {
  const bar = line.indexOf(' | ');
  const fields = line.slice(0, bar < 0 ? undefined : bar).split(' ');
  const offset = fields[0] ?? '';
  const wordCount = Number.parseInt(fields[3] ?? '', 16);
  const pointersAt = 4 + 2 * wordCount;
  const pointerCount = Number.parseInt(fields[pointersAt] ?? '', 10);
  if (bar < 0 || !/^\d{8}$/.test(offset) || fields[2] !== 'n' || Number.isNaN(pointerCount)) {
    return { problem: { code: 'malformed-line', reason: 'not a noun synset of WordNet', severity: 'error' } };
  }
  if (scope === 'named') {
    const isInstance = Array.from({ length: pointerCount }, (_, i) => fields[pointersAt + 1 + 4 * i]).includes('@i');
    if (!isInstance) return undefined;
  }
  const [title, ...aliases] = Array.from({ length: wordCount }, (_, i) => lemma(fields[4 + 2 * i] ?? ''));
  return parseEntity({ id: `wn31-${offset}-n`, title, aliases, text: line.slice(bar + 3) });
}

/** "ready_to_hand(p)" is "ready to hand": the bracket is a syntactic marker. */
function lemma(word: string): string {
  return word.replace(/\((a|p|ip)\)$/, '').replaceAll('_', ' ');
}

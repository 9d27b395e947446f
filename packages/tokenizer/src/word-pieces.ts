import { boundaryTable } from './boundaries.js';
import { createNormalizer, type NormalizationRules, type NormalizedWord } from './normalization.js';
import { createRunCache } from './run-cache.js';

/** The tokens of one run of text: token i is `ids[i]` and stands for `[starts[i], ends[i])` of the run. */
export interface RunTokens {
  readonly ids: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Cuts texts into runs, and runs into word pieces. */
export interface WordPieces {
  /** Where runs end: see boundaries.ts. */
  readonly boundaries: Uint8Array;
  tokens(run: string): RunTokens;
}

export interface WordPieceModel {
  readonly ids: ReadonlyMap<string, number>;
  readonly unknown: number;
  /** What a piece begins with that does not begin a word: `##`. */
  readonly continuation: string;
  /** A word of more characters (code points) is unknown. */
  readonly longestWord: number;
}

/**
 * WordPiece, the longest match first. The library's own gives the same pieces without telling where they stand, and
 * tries every end of a word: a text of 98-letter words takes it minutes per 10 MB. Here no piece longer than the
 * vocabulary's longest is tried, and a run seen before costs one look-up.
 */
export function createWordPieces(model: WordPieceModel, rules: NormalizationRules): WordPieces {
  const { ids, unknown, continuation, longestWord } = model;
  const normalizer = createNormalizer(rules, longestWord);
  let longestPiece = 0; // in UTF-16 units
  for (const piece of ids.keys()) longestPiece = Math.max(longestPiece, piece.length);

  function cutRun(run: string): RunTokens {
    const tokens: Growing = { ids: [], starts: [], ends: [] };
    for (const word of normalizer.words(run)) cutWord(word, tokens);
    return tokens;
  }

  function cutWord({ characters, starts, ends }: NormalizedWord, tokens: Growing): void {
    const before = tokens.ids.length;
    const length = characters.length;
    let from = 0;
    while (from < length && length <= longestWord) {
      let to = Math.min(length, from + longestPiece);
      let piece = (from === 0 ? '' : continuation) + characters.slice(from, to).join('');
      let id = ids.get(piece);
      while (id === undefined && --to > from) {
        piece = piece.slice(0, -characters[to]!.length);
        id = ids.get(piece);
      }
      if (id === undefined) break;
      push(tokens, id, starts[from]!, ends[to - 1]!);
      from = to;
    }
    if (from === length) return;
    tokens.ids.length = tokens.starts.length = tokens.ends.length = before;
    push(tokens, unknown, starts[0]!, ends[length - 1]!);
  }

  return { boundaries: boundaryTable(rules), tokens: createRunCache(cutRun) };
}

interface Growing {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
}

function push({ ids, starts, ends }: Growing, id: number, start: number, end: number): void {
  ids.push(id);
  starts.push(start);
  ends.push(end);
}

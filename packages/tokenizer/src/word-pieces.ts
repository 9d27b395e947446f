import type { Tokenizer as Library } from '@huggingface/tokenizers';
import { boundaryTable } from './boundaries.js';
import { type NormalizationRules, type NormalizedCharacter, normalizeRun } from './normalization.js';

/** The tokens of one run of text: token i is `ids[i]` and covers `[starts[i], ends[i])` of the run. */
export interface RunTokens {
  readonly ids: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Cuts runs of text into word pieces by the library's model, and remembers the runs it has seen. */
export interface WordPieces {
  readonly boundaries: Uint8Array;
  tokens(run: string): RunTokens;
}

/** Runs worth remembering: longer ones hardly come twice. In UTF-16 units. */
const longestKept = 40;
/** Two generations of this many runs are kept: about 20 MB of ordinary text. */
const generation = 32_768;

export function createWordPieces(library: Library, rules: NormalizationRules, unknown: number): WordPieces {
  const model = library.model!;
  const unknownToken = library.id_to_token(unknown)!;
  const prefixLength = [...((model.config as { continuing_subword_prefix?: string }).continuing_subword_prefix ?? '')]
    .length;

  function cut(run: string): RunTokens {
    const ids: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    for (const word of normalizeRun(run, rules)) {
      const pieces = model.encode([textOf(word)]);
      let from = 0;
      for (const piece of pieces) {
        const to = piece === unknownToken ? word.length : from + lengthOf(piece) - (from > 0 ? prefixLength : 0);
        ids.push(model.tokens_to_ids.get(piece)!);
        starts.push(word[from]!.start);
        ends.push(word[to - 1]!.end);
        from = to;
      }
    }
    return { ids, starts, ends };
  }

  let young = new Map<string, RunTokens>();
  let old = young;
  return {
    boundaries: boundaryTable(rules),
    tokens(run) {
      const known = young.get(run);
      if (known) return known;
      const tokens = old.get(run) ?? cut(run);
      if (run.length > longestKept) return tokens;
      if (young.size >= generation) {
        old = young;
        young = new Map();
      }
      young.set(detached(run), tokens);
      return tokens;
    },
  };
}

/** A slice of a text keeps the whole text in memory; a remembered run must not. */
function detached(run: string): string {
  const units: number[] = [];
  for (let i = 0; i < run.length; i++) units.push(run.charCodeAt(i));
  return String.fromCharCode(...units);
}

function textOf(word: readonly NormalizedCharacter[]): string {
  let text = '';
  for (const character of word) text += character.text;
  return text;
}

/** In code points. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

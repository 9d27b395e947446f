import { setImmediate } from 'node:timers/promises';
import type { CandidateSource, KeyScores, MentionInContext } from '@referent/core';
import { lexicalWords, lexiconRow, rowsPerEntity } from '../names/lexical-words.js';
import type { Database } from './database.js';
import type { CompleteEntities } from './entity-store.js';

/** The words of a mention that count: a name is shorter. */
const mostWords = 32;
const countsAtHand = 65_536;
/** A title that fits comes before an alias that fits as well. */
const titleWeight = 1.2;
/** The BM25 that scores 0.5: about what one rare word gives. */
const half = 8;

export interface LexicalSourceOptions {
  /** A word that more names than this have finds none alone: among millions are a hundred thousand rivers. @default 20000 */
  readonly commonFrom?: number;
}

/**
 * Proposes the entities that have names with the mention's words, stemmed, in any order, not necessarily all of them: the
 * best name by BM25 counts (`bm25()` of SQLite's FTS5, k1 1.2, b 0.75; Robertson and Zaragoza 2009). Scores are
 * bm25 / (bm25 + 8), between 0 and 1. Among words that few names have, those of more than 20,000 names only add to the
 * score of what the others found; where there are only such, a name must have all of them.
 */
export function createLexicalSource(
  database: Database,
  { through }: CompleteEntities,
  { commonFrom = 20_000 }: LexicalSourceOptions = {},
): CandidateSource {
  const counts = new Map<string, boolean>();
  const end = lexiconRow(through + 1, 0);

  function isCommon(word: string): boolean {
    let answer = counts.get(word);
    if (answer === undefined) {
      const [count] = database.get<[number]>(
        'SELECT count(*) FROM (SELECT 1 FROM lexicon WHERE lexicon MATCH ? LIMIT ?)',
        quoted(word),
        commonFrom + 1,
      ) ?? [0];
      answer = count > commonFrom;
      if (counts.size >= countsAtHand) counts.clear();
      counts.set(word, answer);
    }
    return answer;
  }

  function queryOf(surface: string): string | undefined {
    const words = [...new Set(lexicalWords(surface))].slice(0, mostWords);
    if (words.length === 0) return undefined;
    const rare = words.filter((word) => !isCommon(word)).map(quoted);
    const all = words.map(quoted);
    if (rare.length === all.length) return all.join(' OR ');
    return rare.length === 0 ? all.join(' AND ') : `(${rare.join(' OR ')}) AND (${all.join(' OR ')})`;
  }

  function find({ surface, world }: MentionInContext, limit: number): KeyScores {
    const query = queryOf(surface);
    const best = new Map<number, number>();
    const inWorld = `AND (SELECT e.world FROM entities e WHERE e.key = lexicon.rowid / ${rowsPerEntity}) = (SELECT number FROM worlds WHERE name = ?4)`;
    // Several of an entity's names may be among the rows: then ask for more.
    for (let rows = limit * 2; query !== undefined; rows *= 4) {
      const found = database.all<[number, number]>(
        `SELECT lexicon.rowid, bm25(lexicon, ${titleWeight}, 1) AS score FROM lexicon
         WHERE lexicon MATCH ?1 AND lexicon.rowid < ?2 ${world === undefined ? '' : inWorld}
         ORDER BY score, lexicon.rowid LIMIT ?3`,
        ...[query, end, rows, ...(world === undefined ? [] : [world])],
      );
      for (const [row, score] of found) {
        const key = Math.floor(row / rowsPerEntity);
        if (best.size < limit && !best.has(key)) best.set(key, -score);
      }
      if (best.size === limit || found.length < rows) break;
    }
    return {
      keys: Uint32Array.from(best.keys()),
      scores: Float32Array.from(best.values(), (score) => score / (score + half)),
    };
  }

  return {
    name: 'lexical',
    async retrieve(mentions, { limit, signal }) {
      const answers = new Map<string, KeyScores>();
      const all: KeyScores[] = [];
      for (const mention of mentions) {
        signal?.throwIfAborted();
        const asked = JSON.stringify([mention.surface, mention.world]);
        let answer = answers.get(asked);
        if (!answer) {
          answer = find(mention, limit);
          answers.set(asked, answer);
          await setImmediate(); // searching is synchronous: signals come in between
        }
        all.push(answer);
      }
      return all;
    },
  };
}

/** Words are letters and digits only: nothing in them is FTS5's syntax. */
const quoted = (word: string) => `"${word}"`;

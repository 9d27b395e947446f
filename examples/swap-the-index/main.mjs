// The same vectors in two indexes. What uses an index knows the interface only, so one line decides which it is.
import { createExactIndex } from '@referent/index-exact';
import { createUsearchIndex } from '@referent/index-usearch';

const [dimensions, size, queryCount, k] = [64, 3_000, 100, 10];
const indexes = [createExactIndex({ dimensions }), await createUsearchIndex({ dimensions, expansionSearch: 32 })];

const keys = Uint32Array.from({ length: size }, (_, i) => i);
const rows = { data: vectors(size, 1), count: size };
const queries = { data: vectors(queryCount, 2), count: queryCount };

const answers = [];
for (const index of indexes) {
  const started = performance.now();
  await index.add(keys, rows);
  const added = performance.now();
  answers.push(await index.search(queries, k));
  const [adding, searching] = [added - started, performance.now() - added];
  console.log(
    `${index.name.padEnd(8)} adds in ${adding.toFixed(0)} ms, answers ${queryCount} in ${searching.toFixed(0)} ms`,
  );
  await index.close();
}

const [exact, approximate] = answers;
const shared = exact.map((hits, i) => hits.keys.filter((key) => approximate[i].keys.includes(key)).length);
const recall = shared.reduce((a, b) => a + b) / (queryCount * k);
console.log(`recall@${k} of ${indexes[1].name} against ${indexes[0].name}: ${recall.toFixed(3)}`);

/** Numbers between -1 and 1 that are the same in every run. */
function vectors(count, seed) {
  let state = seed;
  return Float32Array.from({ length: count * dimensions }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

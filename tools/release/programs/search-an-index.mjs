import assert from 'node:assert/strict';
import { createExactIndex } from '@referent/index-exact';
import { createUsearchIndex } from '@referent/index-usearch';
import 'usearch';

const rows = { data: Float32Array.of(1, 0, 0, 1, 0.6, 0.8), count: 3 };
const query = { data: Float32Array.of(0, 1), count: 1 };
for (const index of [createExactIndex({ dimensions: 2 }), await createUsearchIndex({ dimensions: 2 })]) {
  await index.add(Uint32Array.of(10, 11, 12), rows);
  const [hits] = await index.search(query, 2);
  assert.deepEqual([...hits.keys], [11, 12]);
  console.log(index.name, hits.keys, hits.scores);
  await index.close();
}

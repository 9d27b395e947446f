// Adding, searching and recall of the vector indexes on clustered unit vectors.
//   npm run build && node benchmarks/index-quick/index-quick.mjs [vectors=50000] [dimensions=384]
import { createExactIndex } from '@referent/index-exact';
import { createUsearchIndex } from '@referent/index-usearch';
import { clusteredUnitRows } from './vectors.mjs';

const [count = 50_000, dimensions = 384] = process.argv.slice(2).map(Number);
const queryCount = 1000;
const batch = 5000;
const stored = clusteredUnitRows({ count, dimensions, seed: 1 });
const queries = clusteredUnitRows({ count: queryCount, dimensions, seed: 2 });
const rowsAt = ({ data }, from, rows) => ({
  data: data.subarray(from * dimensions, (from + rows) * dimensions),
  count: rows,
});

/** The vectors at hand, as a knowledge base keeps them on disk. */
const vectors = {
  dimensions,
  async read(keys) {
    const data = new Float32Array(keys.length * dimensions);
    keys.forEach((key, row) => {
      data.set(stored.data.subarray(key * dimensions, (key + 1) * dimensions), row * dimensions);
    });
    return { data, count: keys.length };
  },
};

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function measure(name, index, truth) {
  const adding = await seconds(async () => {
    for (let from = 0; from < count; from += batch) {
      const rows = Math.min(batch, count - from);
      await index.add(
        Uint32Array.from({ length: rows }, (_, row) => from + row),
        rowsAt(stored, from, rows),
      );
    }
  });
  let found;
  const many = await seconds(async () => {
    found = await index.search(queries, 10);
  });
  const single = [];
  for (let query = 0; query < 50; query++) {
    single.push(await seconds(() => index.search(rowsAt(queries, query, 1), 64)));
  }
  const sixtyFour = [];
  for (let run = 0; run < 5; run++) {
    sixtyFour.push(await seconds(() => index.search(rowsAt(queries, run * 64, 64), 64)));
  }
  const right = truth?.map(({ keys }, query) => keys.filter((key) => found[query].keys.includes(key)).length);
  const recall = right ? right.reduce((sum, shared) => sum + shared, 0) / (10 * queryCount) : 1;
  const cells = [
    name.padEnd(22),
    `${(count / adding).toFixed(0)}/s`,
    `${(queryCount / many).toFixed(0)}/s`,
    `${(median(single) * 1000).toFixed(1)} ms`,
    `${(median(sixtyFour) * 1000).toFixed(0)} ms`,
    recall.toFixed(4),
  ];
  console.log(cells.join(' | '));
  await index.close();
  return found;
}

console.log(`${count} x ${dimensions}, ${queryCount} queries`);
console.log('index | add | search, k = 10, in one call | one query, k = 64 | 64 queries, k = 64 | recall@10');
const truth = await measure('exact', createExactIndex({ dimensions }));
for (const quantization of ['f32', 'f16', 'i8', 'b1']) {
  for (const rescore of [undefined, vectors]) {
    if (quantization === 'f32' && rescore) continue;
    if (quantization === 'b1' && !rescore) continue;
    const index = await createUsearchIndex({ dimensions, quantization, rescore });
    await measure(`usearch ${quantization}${rescore ? ' + re-scoring' : ''}`, index, truth);
  }
}

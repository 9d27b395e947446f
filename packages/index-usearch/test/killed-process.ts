import { gaussianRows } from '@referent/testing';
import { openUsearchSegments } from '../src/index.js';

/** Adds batch after batch, tells of each, and is killed by its parent. */
const [folder, dimensions, batchSize, segmentSize] = process.argv.slice(2);
const index = await openUsearchSegments({
  folder: folder!,
  dimensions: Number(dimensions),
  segmentSize: Number(segmentSize),
});
const count = Number(batchSize);
for (let batch = 0; ; batch++) {
  const keys = Uint32Array.from({ length: count }, (_, row) => batch * count + row);
  if (!index.contains(keys).every(Boolean)) {
    await index.add(keys, gaussianRows({ count, dimensions: Number(dimensions), seed: batch }));
  }
  process.stdout.write(`${batch}\n`);
}

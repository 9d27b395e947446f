import assert from 'node:assert/strict';
import { openModel } from '@referent/model/node';
import { startEngine } from '@referent/runtime';

const engine = await startEngine({ cacheFolder: '.referent' });
const model = await openModel({ folder: 'all-MiniLM-L6-v2', engine });
const { encodeEntities, dimensions } = model.entityEncoder;
const { data } = await encodeEntities([
  { title: 'Paris', text: 'the capital of France' },
  { title: 'Paris', text: 'a prince of Troy' },
]);
const inner = data.subarray(0, dimensions).reduce((sum, value, i) => sum + value * data[dimensions + i], 0);
assert(inner > 0 && inner < 1);
console.log(engine.info.kind, dimensions, inner.toFixed(3));
await model.close();
await engine.close();

import { expect, it } from 'vitest';
import { asyncClosing } from './async-closing.js';

it('closes at the end of a block, and keeps the object that it was', async () => {
  let closed = 0;
  const plain = {
    get size() {
      return closed;
    },
    async close() {
      closed++;
    },
  };
  const resource = asyncClosing(plain);
  expect(resource).toBe(plain);
  await resource[Symbol.asyncDispose]();
  expect(resource.size).toBe(1);
});

it('calls the close of a copy, where a copy has its own', async () => {
  const said: string[] = [];
  const inner = asyncClosing({ close: async () => void said.push('inner') });
  const outer = {
    ...inner,
    async close() {
      said.push('outer');
      await inner.close();
    },
  };
  await outer[Symbol.asyncDispose]();
  expect(said).toEqual(['outer', 'inner']);
});

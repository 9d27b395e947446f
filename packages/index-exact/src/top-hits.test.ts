import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTopHits } from './top-hits.js';

const offers = fc.uniqueArray(fc.tuple(fc.nat(60), fc.integer({ min: -3, max: 3 })), {
  selector: ([key]) => key,
  maxLength: 40,
});

it('keeps what sorting keeps, ties by key, in whatever order and in however many parts it is offered', () => {
  fc.assert(
    fc.property(offers, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9 }), (list, k, part) => {
      const top = createTopHits(k);
      for (let from = 0; from < list.length; from += part) {
        const some = list.slice(from, from + part);
        // Buffers are longer than what is in them: the rest must not be looked at.
        const keys = Uint32Array.from([...some.map(([key]) => key), 999]);
        const scores = Float32Array.from([...some.map(([, score]) => score), 99]);
        top.offer(keys, scores, some.length);
      }
      const best = list.toSorted(([a, x], [b, y]) => y - x || a - b).slice(0, k);
      const { keys, scores } = top.hits();
      expect([...keys]).toEqual(best.map(([key]) => key));
      expect([...scores]).toEqual(best.map(([, score]) => score));
    }),
    { numRuns: 300 },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawTradeoff, paretoFront } from './index.js';
import { placeLabels } from './place-labels.js';
import { linearScale, ticksOf } from './svg.js';

const at = (milliseconds: number, accuracy: number, name = '') => ({ milliseconds, accuracy, name });

describe('paretoFront', () => {
  it('keeps what nothing beats, from fast to accurate', () => {
    const points = [at(5, 0.9, 'best'), at(1, 0.5, 'fastest'), at(3, 0.7, 'between'), at(4, 0.7, 'slower'), at(2, 0.4)];
    expect(paretoFront(points).map(({ name }) => name)).toEqual(['fastest', 'between', 'best']);
    expect(paretoFront([])).toEqual([]);
    expect(paretoFront([at(1, 0.5, 'a'), at(1, 0.5, 'b')]).map(({ name }) => name)).toEqual(['a']);
  });

  it('equals the definition', () => {
    const number = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { maxLength: 12 }), (pairs) => {
        const points = pairs.map(([ms, accuracy]) => at(ms, accuracy));
        const isBeaten = (p: (typeof points)[number]) =>
          points.some(
            (other) =>
              other.milliseconds <= p.milliseconds &&
              other.accuracy >= p.accuracy &&
              (other.milliseconds < p.milliseconds || other.accuracy > p.accuracy),
          );
        const slow = new Set(points.filter((p) => !isBeaten(p)).map((p) => `${p.milliseconds} ${p.accuracy}`));
        const fast = paretoFront(points).map((p) => `${p.milliseconds} ${p.accuracy}`);
        expect(new Set(fast)).toEqual(slow);
        expect(fast).toHaveLength(slow.size);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('ticksOf', () => {
  it.each([
    [[0, 1], 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[0.83, 0.91], 4, [0.84, 0.86, 0.88, 0.9]],
    [[3, 47], 5, [10, 20, 30, 40]],
  ] as const)('of %j are round', ([low, high], about, ticks) => {
    expect(ticksOf([low, high], about)).toEqual(ticks);
  });
});

it('linearScale may run backwards', () => {
  expect([0, 0.5, 1].map(linearScale([0, 1], [100, 20]))).toEqual([100, 60, 20]);
});

describe('placeLabels', () => {
  const area = { x: 0, y: 0, width: 400, height: 200 };
  const boxOf = ({ x, y, text }: { x: number; y: number; text: string }) => ({ x, y: y - 9, width: text.length * 5.9 });

  it('keeps crowded names apart and inside', () => {
    const points = Array.from({ length: 6 }, (_, i) => ({ x: 380 + i, y: 100 + i, text: `setting ${i}` }));
    const boxes = placeLabels(points, area).map(boxOf);
    for (const [i, a] of boxes.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width).toBeLessThanOrEqual(400);
      for (const b of boxes.slice(i + 1)) {
        expect(Math.abs(a.y - b.y) >= 12 || a.x + a.width <= b.x || b.x + b.width <= a.x).toBe(true);
      }
    }
  });

  it('puts a lonely name right beside its point', () => {
    expect(placeLabels([{ x: 100, y: 100, text: 'k 4' }], area)[0]).toMatchObject({ x: 108, y: 104, isFar: false });
  });
});

describe('drawTradeoff', () => {
  const points = [
    { ...at(2, 0.7, 'k 4'), group: 'candidates' },
    { ...at(160, 0.9, 're-rank 32'), group: 're-rank depth', millisecondsRange: { low: 120, high: 400 } },
    { ...at(170, 0.8, 're-rank 64'), group: 're-rank depth', accuracyRange: { low: 0.1, high: 1 } },
  ];

  it('shows every point with its name, its groups, and fills those of the front', () => {
    const svg = drawTradeoff(points, { subtitle: 'small & quick' });
    for (const text of ['k 4', 're-rank 32', 're-rank 64', 'candidates', 'small &amp; quick', '>100<']) {
      expect(svg).toContain(text);
    }
    expect(svg.match(/<circle [^>]*r="4.5"[^>]*fill="#fff"/g)).toHaveLength(1);
    expect(svg.match(/<circle [^>]*r="4.5"/g)).toHaveLength(3);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('names the front alone where asked', () => {
    const svg = drawTradeoff(points, { labels: 'front' });
    expect(svg).toContain('re-rank 32');
    expect(svg).not.toContain('re-rank 64');
  });

  it.each([
    ['one point', [at(3, 0.5, 'only')]],
    ['equal points', [at(3, 1, 'a'), at(3, 1, 'b')]],
    ['nothing right', [at(0.01, 0, 'a'), at(900, 0, 'b')]],
  ])('draws %s', (_, list) => {
    expect(drawTradeoff(list)).not.toMatch(/NaN|undefined|Infinity/);
  });
});

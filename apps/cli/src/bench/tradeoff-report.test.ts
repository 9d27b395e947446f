import { describe, expect, it } from 'vitest';
import {
  type TradeoffPoint,
  type TradeoffReport,
  tradeoffMarkdown,
  tradeoffPlot,
  tradeoffText,
} from './tradeoff-report.js';

const base = { precision: 'float32', quantization: 'f32', candidates: 64, rerank: 'off' } as const;
const point = (different: Partial<TradeoffPoint>): TradeoffPoint => ({
  ...{ ...base, accuracy: 0.9, accuracyRange: { low: 0.87, high: 0.93 }, macroAccuracy: null, recall: 0.99 },
  ...{ milliseconds: 10, millisecondsRange: { low: 9, high: 11 }, stages: {} },
  ...different,
});
const report = (...points: TradeoffPoint[]): TradeoffReport => ({
  ...{ complete: true, model: { name: 'a|b', hash: '00' }, knowledgeBase: { entities: 7, backend: 'usearch' } },
  ...{ engine: { name: 'wasm', threads: 1 }, mentions: 500, batch: 32, sources: ['dense', 'names'], base, points },
});
const faster = point({ candidates: 4, accuracy: 0.8, milliseconds: 5, millisecondsRange: { low: 5, high: 5 } });
const worse = point({ quantization: 'b1', accuracy: 0.85, milliseconds: 12 });

describe('the trade-off', () => {
  it('marks the Pareto front in its table', () => {
    expect(tradeoffText(report(point({}), faster, worse))).toMatchInlineSnapshot(`
      "Settings
                      precision  index   k  re-rank  accuracy        interval    R@k  ms per mention     quartiles  front
      usual settings    float32    f32  64      off     90.00  87.00 to 93.00  99.00            10.0  9.00 to 11.0      *
      k 4               float32    f32   4      off     80.00  87.00 to 93.00  99.00            5.00  5.00 to 5.00      *
      b1                float32     b1  64      off     85.00  87.00 to 93.00  99.00            12.0  9.00 to 11.0

      a|b on 7 entities (usearch), 500 mentions, 32 at a time, candidates from dense and names, wasm with 1 thread.
      "
    `);
  });

  it('says when it was stopped, and when the times are not worth much', () => {
    expect(tradeoffMarkdown(report(point({})))).not.toMatch(/Stopped|vary/);
    const restless = point({ millisecondsRange: { low: 8, high: 14 } });
    const text = tradeoffMarkdown({ ...report(point({}), restless), complete: false });
    expect(text).toContain('Stopped before the end. a|b on 7 entities');
    expect(text).toContain('The times vary much');
  });

  it('names every point, and of dozens those of the front only', () => {
    expect(tradeoffPlot(report(point({}), faster, worse))).toContain('>b1<');
    const many = Array.from({ length: 25 }, (_, i) => point({ candidates: 65 + i, milliseconds: 11 + i }));
    const plot = tradeoffPlot(report(point({}), faster, ...many));
    expect(plot).toContain('>k 4<');
    expect(plot).not.toContain('>k 70<');
  });
});

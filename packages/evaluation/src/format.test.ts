import { describe, expect, it } from 'vitest';
import { evaluate, formatJson, formatMarkdown, formatTable } from './index.js';

const report = evaluate(
  [
    { gold: 'a', retrieved: ['a', 'b'], world: 'lego', overlap: 'high_overlap', restrictTo: ['a', 'b'] },
    { gold: 'a', retrieved: ['b', 'a'], world: 'lego', overlap: 'low_overlap' },
    { gold: 'z', retrieved: ['b', 'a'], world: 'a|b', overlap: 'low_overlap' },
    { gold: null, retrieved: ['b'], decided: null },
  ],
  { cutoffs: [1, 2], keepOutcomes: true },
);

describe('formatTable', () => {
  it('aligns all there is to say', () => {
    expect(formatTable(report)).toMatchInlineSnapshot(`
      "All mentions
                          R@1    R@2  accuracy  normalized    MRR  kept/total
      micro             33.33  66.67     33.33       50.00  50.00         2/3
      macro (2 worlds)  25.00  50.00     25.00       50.00  37.50

      Decisions
              precision  recall      F1  mentions
      entity      33.33   33.33   33.33         3
      NIL        100.00  100.00  100.00         1

      By world
      world    R@1     R@2  accuracy  normalized    MRR  kept/total
      a|b     0.00    0.00      0.00           -   0.00         0/1
      lego   50.00  100.00     50.00       50.00  75.00         2/2

      By overlap of mention and title
      overlap          R@1     R@2  accuracy  normalized     MRR  kept/total
      high_overlap  100.00  100.00    100.00      100.00  100.00         1/1
      low_overlap     0.00   50.00      0.00        0.00   25.00         1/2

      Among the allowed candidates alone: 100.00 of 1 mentions.

      With 95 % confidence: accuracy (micro) 0.00 to 100.00, R@1 0.00 to 100.00; accuracy (macro) 0.00 to 50.00, R@1 0.00 to 50.00.
      "
    `);
  });

  it('shows the calibration, and mentions none of whose allowed candidates was retrieved', () => {
    const decided = { gold: 'a', retrieved: ['a'], probability: 0.75, restrictTo: ['b'] };
    const text = formatTable(evaluate([decided, decided], { cutoffs: [1], keepOutcomes: true }));
    expect(text).toMatch(/ECE {2}ECE \(equal mass\) {3}Brier {2}probability {3}right {2}mentions/);
    expect(text).toMatch(/decisions {2}25\.00 {13}25\.00 {2}0\.0625 {8}75\.00 {2}100\.00 {9}2/);
    expect(text).toContain('0.00 of 2 mentions; of 2 none of them was retrieved.');
  });

  it('leaves out what there is nothing to say about', () => {
    expect(formatTable(evaluate([], { cutoffs: [1] }))).toMatchInlineSnapshot(`
      "All mentions
             R@1  accuracy  normalized  MRR  kept/total
      micro    -         -           -    -         0/0
      "
    `);
  });
});

describe('formatMarkdown', () => {
  it('gives tables, with names that cannot break them', () => {
    expect(formatMarkdown(report)).toMatchInlineSnapshot(`
      "### All mentions

      |  | R@1 | R@2 | accuracy | normalized | MRR | kept/total |
      |---|---:|---:|---:|---:|---:|---:|
      | micro | 33.33 | 66.67 | 33.33 | 50.00 | 50.00 | 2/3 |
      | macro (2 worlds) | 25.00 | 50.00 | 25.00 | 50.00 | 37.50 |  |

      ### Decisions

      |  | precision | recall | F1 | mentions |
      |---|---:|---:|---:|---:|
      | entity | 33.33 | 33.33 | 33.33 | 3 |
      | NIL | 100.00 | 100.00 | 100.00 | 1 |

      ### By world

      | world | R@1 | R@2 | accuracy | normalized | MRR | kept/total |
      |---|---:|---:|---:|---:|---:|---:|
      | a\\|b | 0.00 | 0.00 | 0.00 | - | 0.00 | 0/1 |
      | lego | 50.00 | 100.00 | 50.00 | 50.00 | 75.00 | 2/2 |

      ### By overlap of mention and title

      | overlap | R@1 | R@2 | accuracy | normalized | MRR | kept/total |
      |---|---:|---:|---:|---:|---:|---:|
      | high_overlap | 100.00 | 100.00 | 100.00 | 100.00 | 100.00 | 1/1 |
      | low_overlap | 0.00 | 50.00 | 0.00 | 0.00 | 25.00 | 1/2 |

      Among the allowed candidates alone: 100.00 of 1 mentions.

      With 95 % confidence: accuracy (micro) 0.00 to 100.00, R@1 0.00 to 100.00; accuracy (macro) 0.00 to 50.00, R@1 0.00 to 50.00.
      "
    `);
  });
});

describe('formatJson', () => {
  it('gives the report back when parsed', () => {
    expect(JSON.parse(formatJson(report))).toEqual(report);
    expect(formatJson(report).endsWith('}\n')).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { compareOutcomes, createEvaluation, formatMarkdown, formatTable } from './index.js';

/** Mentions of which the first so many are right, in worlds of a size each. */
function run(right: Record<string, number>, size = 100) {
  const evaluation = createEvaluation({ cutoffs: [1, 2], keepOutcomes: true });
  for (const [world, count] of Object.entries(right)) {
    for (let i = 0; i < size; i++) {
      evaluation.add({ gold: 'a', retrieved: i < count ? ['a', 'b'] : ['b', 'a'], world, probability: 0.5 });
    }
  }
  return evaluation;
}

describe('compareOutcomes', () => {
  it('tells a difference from chance, over all, as macro average and in each world', () => {
    const [before, after] = [run({ lego: 50, muppets: 70 }), run({ lego: 80, muppets: 69 })];
    const { mentions, measures } = compareOutcomes(before.outcomes(), after.outcomes(), { cutoffs: [2] });
    expect(mentions).toBe(200);
    expect(measures.map(({ measure, world }) => [measure, world])).toEqual([
      ['R@2', undefined],
      ['R@2, macro', undefined],
      ['accuracy', undefined],
      ['accuracy, macro', undefined],
      ['accuracy', 'lego'],
      ['accuracy', 'muppets'],
    ]);
    const [recall, , accuracy, macro, lego, muppets] = measures;
    expect(recall).toMatchObject({ before: 1, after: 1, mean: 0, pValue: 1 });
    expect(accuracy).toMatchObject({ before: 0.6, after: 0.745 });
    expect(accuracy!.mean).toBeCloseTo(0.145, 12);
    expect(macro!.mean).toBeCloseTo(0.145, 12);
    expect(lego!.low).toBeGreaterThan(0);
    expect(lego!.pValue).toBeLessThan(0.01);
    expect(muppets!.mean).toBeCloseTo(-0.01, 12);
    expect(muppets!.pValue).toBeGreaterThan(0.3);
  });

  it('weighs worlds alike in macro, whatever their size', () => {
    const build = (small: string) => {
      const evaluation = createEvaluation({ keepOutcomes: true });
      for (let i = 0; i < 90; i++) evaluation.add({ gold: 'a', retrieved: ['a'], world: 'large' });
      for (let i = 0; i < 10; i++) evaluation.add({ gold: 'a', retrieved: [small], world: 'small' });
      return evaluation.outcomes();
    };
    const { measures } = compareOutcomes(build('b'), build('a'), { cutoffs: [1] });
    expect(measures[0]).toMatchObject({ measure: 'R@1', before: 0.9, after: 1 });
    expect(measures[1]).toMatchObject({ measure: 'R@1, macro', before: 0.5, after: 1, mean: 0.5 });
  });

  it('refuses runs over other mentions', () => {
    const [a, b] = [run({ lego: 5 }, 10).outcomes(), run({ lego: 5 }, 11).outcomes()];
    expect(() => compareOutcomes(a, b)).toThrow(expect.objectContaining({ code: 'EVALUATION_INVALID_OPTIONS' }));
    const none = createEvaluation({ keepOutcomes: true }).outcomes();
    expect(() => compareOutcomes(none, none)).toThrow(expect.objectContaining({ code: 'EVALUATION_INVALID_OPTIONS' }));
  });

  it('is shown with the report', () => {
    const [before, after] = [run({ lego: 50 }), run({ lego: 80 })];
    const comparison = compareOutcomes(before.outcomes(), after.outcomes(), { cutoffs: [1] });
    const report = { ...after.report(), comparison };
    expect(formatTable(report)).toContain('Against the earlier run, 100 mentions');
    expect(formatMarkdown(report)).toMatch(
      /\| accuracy \| 50\.00 \| 80\.00 \| \+30\.00 \| \+\d+\.00 to \+\d+\.00 \| 0\.001 \|/,
    );
  });
});

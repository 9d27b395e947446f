import type { BlinkFigures, BlinkWorldFigures } from './figures.js';

/** The figures in the words of BLINK's own programs, main_dense.py and, where there are worlds, eval_biencoder.py and train_cross.py. */
export function formatBlinkFigures(figures: BlinkFigures): string {
  const lines = figures.zeshel ? zeshelLines(figures.zeshel) : denseLines(figures);
  return `${lines.join('\n')}\n`;
}

function denseLines(figures: BlinkFigures): string[] {
  const { topK, support, crossEncoderNormalizedAccuracy, overallUnnormalizedAccuracy } = figures;
  return [
    `biencoder accuracy: ${figures.biEncoderAccuracy.toFixed(4)}`,
    `biencoder recall@${topK}: ${figures.recallAtTopK.toFixed(4)}`,
    ...(crossEncoderNormalizedAccuracy === null
      ? []
      : [`crossencoder normalized accuracy: ${crossEncoderNormalizedAccuracy.toFixed(4)}`]),
    ...(overallUnnormalizedAccuracy === null
      ? []
      : [`overall unnormalized accuracy: ${overallUnnormalizedAccuracy.toFixed(4)}`]),
    `support: ${support}`,
  ];
}

function zeshelLines({ worlds, all, macro, micro }: NonNullable<BlinkFigures['zeshel']>): string[] {
  return [
    ...worlds.flatMap((figures) => [`In world ${figures.world}`, statsLine(figures)]),
    statsLine(all),
    ...(macro === null ? [] : [`Macro accuracy: ${macro.toFixed(5)}`]),
    // As train_cross.py: without a world above 0, nothing is printed.
    ...(macro === null || micro === null ? [] : [`Micro accuracy: ${micro.toFixed(5)}`]),
  ];
}

function statsLine({ total, recall }: Pick<BlinkWorldFigures, 'total' | 'recall'>): string {
  return [`Total: ${total} examples.`, ...recall.map(({ k, value }) => `r@${k}: ${value.toFixed(4)}`)].join(' ');
}

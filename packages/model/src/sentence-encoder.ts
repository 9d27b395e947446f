import type { LinkingSettings, ModelManifest } from './manifest.js';

/**
 * How a sentence encoder that was never trained to link is used: the mention alone retrieves, the text around it tells
 * the bearers of a name apart. Chosen on development data (docs/decisions/0003-fusion.md). A trained model begins with it,
 * until it is calibrated.
 */
export const untunedLinking: LinkingSettings = {
  nameScores: { title: 0.9, alias: 0.8, 'normalized-title': 0.8, 'normalized-alias': 0.8 },
  fusion: {
    weights: { dense: 1, topic: 0.2 },
    having: { score: 'names', weights: { names: 1, topic: 1 } },
  },
  decision: { temperature: 0.136, nilScore: 0.99 },
};

/** The manifest of a folder in the Hugging Face layout that has none of its own. */
export function sentenceEncoderManifest(name: string, pooling: 'cls' | 'mean'): ModelManifest {
  return {
    format: 1,
    name,
    entityEncoder: { pooling, layout: 'separated', maximumLength: 96 },
    mentionEncoders: {
      name: { pooling, layout: 'mention-only', maximumLength: 96 },
      topic: { pooling, layout: 'sentence', maximumLength: 34 },
    },
    linking: untunedLinking,
  };
}

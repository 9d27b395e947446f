import type { Mention, MentionDetector } from '@referent/core';
import { forEachChunk } from './chunks.js';
import { phrasesIn, type Sentence } from './phrases.js';

// compromise slows down on longer texts, and one chunk blocks the event loop for about a tenth of a second.
const chunkSize = 1 << 14;

/**
 * Finds people, places, organisations and other capitalised phrases of English text with the tagger of `compromise`
 * (MIT), which is loaded by the first call.
 */
export function createStatisticalDetector(): MentionDetector {
  return {
    name: 'statistical',
    async detect(text, options = {}) {
      const { default: tagged } = await import('compromise/two');
      const mentions: Mention[] = [];
      await forEachChunk(text, chunkSize, options, (chunk, start) => {
        for (const span of phrasesIn(chunk, tagged(chunk).document as Sentence[])) {
          const place = { start: start + span.start, end: start + span.end };
          mentions.push({ ...place, surface: text.slice(place.start, place.end) });
        }
      });
      return mentions;
    },
  };
}

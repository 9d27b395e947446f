import { stripVTControlCharacters } from 'node:util';
import type { Candidate, LinkedMention } from '@referent/core';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { mentionToJson } from './json.js';
import { formatLinkedText } from './pretty.js';

const plain = { colors: pc.createColors(false), width: 60 };
const paris = { id: 'q90', title: 'Paris', text: 'The capital\nof France.', url: 'https://example.org/q90' };
const candidate: Candidate = {
  key: 1,
  entity: paris,
  sources: ['dense', 'names'],
  scores: { dense: 0.123456789 },
  retrievalScore: 1.5,
  probability: 0.75,
};
const linked: LinkedMention = {
  start: 5,
  end: 10,
  surface: 'Paris',
  entity: paris,
  score: 1.5,
  probability: 0.75,
  candidates: [candidate],
};
const unlinked: LinkedMention = { ...linked, entity: null, probability: 0.6 };

describe('for people', () => {
  it('shows the text without marks, then title, id, probability and gloss in one line each', () => {
    expect(formatLinkedText('In [[Paris]].', [linked], plain)).toBe(
      'In Paris.\n\nParis  75 %  Paris q90\n              The capital of France.\n',
    );
  });

  it('says where nothing is meant, and what is nearest', () => {
    expect(formatLinkedText('In [[Paris]].', [unlinked], plain)).toContain('nothing here; nearest is Paris');
  });

  it('says so when there is no mention', () => {
    expect(formatLinkedText('Nobody.', [], plain)).toContain('No mentions were found');
    expect(formatLinkedText('', [], plain)).toMatch(/^No mentions were found/);
  });

  it('keeps to the width, and colours do not count as width', () => {
    const text = `${'word '.repeat(30)}[[Paris]]`;
    const start = text.indexOf('Paris');
    const mention = { ...linked, start, end: start + 5, entity: { ...paris, text: 'long '.repeat(50) } };
    for (const colors of [pc.createColors(false), pc.createColors(true)]) {
      const lines = stripVTControlCharacters(formatLinkedText(text, [mention], { ...plain, colors })).split('\n');
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    }
  });
});

describe('for programs', () => {
  it('has the documented shape', () => {
    expect(mentionToJson(linked)).toEqual({
      start: 5,
      end: 10,
      surface: 'Paris',
      entity: { id: 'q90', title: 'Paris', url: 'https://example.org/q90' },
      score: 1.5,
      probability: 0.75,
      candidates: [
        {
          id: 'q90',
          title: 'Paris',
          retrieval_score: 1.5,
          probability: 0.75,
          sources: ['dense', 'names'],
          scores: { dense: 0.123457 },
        },
      ],
    });
    expect(mentionToJson(unlinked)).toMatchObject({ entity: null, probability: 0.6 });
  });

  it('gives the re-ranker’s score where there is one', () => {
    const reranked = { ...linked, candidates: [{ ...candidate, rerankScore: -2.25 }] };
    expect(JSON.stringify(mentionToJson(reranked))).toContain('"rerank_score":-2.25');
  });
});

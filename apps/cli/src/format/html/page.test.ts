import { createHash } from 'node:crypto';
import type { Candidate, Entity, LinkedMention } from '@referent/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHtmlPage } from './page.js';
import { pageStyle } from './style.js';

const candidate = (entity: Entity, probability: number): Candidate => ({
  key: 1,
  entity,
  sources: ['dense'],
  scores: { dense: 0.25, names: 0.5 },
  retrievalScore: 1.23456,
  probability,
});

const town: Entity = { id: 'q1', title: 'Paris', text: 'A town in Texas.', url: 'https://example.org/town?a=1&b=2' };
const prince: Entity = { id: 'q2', title: 'Paris', text: 'A prince of Troy.' };

function linked(surface: string, start: number, probability: number, entities: readonly Entity[]): LinkedMention {
  const candidates = entities.map((entity, i) => candidate(entity, i === 0 ? probability : 0.1));
  return {
    start,
    end: start + surface.length,
    surface,
    entity: entities[0] ?? null,
    score: 1,
    probability,
    candidates,
  };
}

function pageOf(documents: readonly { id: string; text: string; mentions: readonly LinkedMention[] }[], name = 'kb') {
  const page = createHtmlPage({ knowledgeBase: name, model: name, version: '1.0.0' });
  return [...documents.flatMap((document) => [...page.document(document)]), ...page.end()].join('');
}

/** Names and attributes of the tags, without their values: what a text must never change. */
function skeleton(html: string): string[] {
  const body = html.slice(html.indexOf('<body>'), html.indexOf('<script>'));
  return [...body.matchAll(/<[^>]*>/g)].map(([tag]) =>
    tag.replaceAll(/"[^"]*"/g, '""').replace('candidate chosen', 'candidate'),
  );
}

const text = 'In [[Paris]] and Paris again, and Nowhere.';
const nowhere: LinkedMention = { ...linked('Nowhere', 34, 0.7, [prince]), entity: null };
const mentions = [linked('Paris', 5, 0.8, [town, prince]), linked('Paris', 17, 0.4, [town, prince]), nowhere];
const page = pageOf([{ id: 'a', text, mentions }]);

describe('a page of linked text', () => {
  it('shows the text without marks, each mention with its candidates', () => {
    const [, shown] = /<div class="text" dir="auto">([\s\S]*?)<\/div>/.exec(page)!;
    const withoutCards = shown!.replaceAll(/<span class="card"[\s\S]*?<\/span><\/span><\/span>(?=[^<]|$)/g, '');
    expect(withoutCards.replaceAll(/<[^>]*>/g, '')).toBe('In Paris and Paris again, and Nowhere.');
    expect(page).toContain('class="mention sure"');
    expect(page).toContain('class="mention unsure"');
    expect(page).toContain('class="mention nil"');
    expect(page).toContain('<span class="gloss" dir="auto">A prince of Troy.</span>');
    expect(page).toContain('<span class="percent">80 %</span>');
    expect(page).toContain('<span>retrieval 1.23</span><span>dense 0.25</span><span>names 0.5</span>');
    expect(page).toContain('Nothing in this knowledge base</span><span class="percent">70 %</span>');
    expect(page).toContain('All else together</span><span class="percent">10 %</span>');
  });

  it('can be used with the keyboard, and names what it opens', () => {
    const opened = [...page.matchAll(/tabindex="0" role="button" aria-expanded="false" aria-controls="(\w+)"/g)];
    expect(opened).toHaveLength(3);
    for (const [, id] of opened) expect(page.split(`id="${id}"`)).toHaveLength(2);
  });

  it('lists what was found once, and how often', () => {
    const [, list] = page.split('<ul class="found"');
    expect(list!.match(/<li /g)).toHaveLength(2);
    expect(list).toContain('× 2');
    expect(list).toContain('<li class="unsure">'); // as sure as the least sure of them
  });

  it('links to the web only', () => {
    expect(page).toContain('href="https://example.org/town?a=1&amp;b=2"');
    for (const url of [
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'data:text/html,x',
      'shop/p1',
      '//x.org',
      'https://',
    ]) {
      expect(pageOf([{ id: 'a', text, mentions: [linked('Paris', 5, 0.8, [{ ...town, url }])] }])).not.toContain(
        'href=',
      );
    }
  });

  it('needs nothing from outside, and lets nothing run but its own script', () => {
    expect(page).not.toMatch(/\ssrc=|@import|url\(/);
    const hashes = [...page.matchAll(/<(?:script|style)>([\s\S]*?)<\/(?:script|style)>/g)].map(
      ([, own]) => `'sha256-${createHash('sha256').update(own!).digest('base64')}'`,
    );
    expect(hashes).toHaveLength(2);
    for (const hash of hashes) expect(page.split('Content-Security-Policy')[1]!.split('>')[0]).toContain(hash);
    expect(page).toContain("default-src 'none'");
  });

  it('says where it comes from and how much it holds, also where there is nothing', () => {
    expect(page).toContain('1 document, 3 mentions, 2 links. Made with Referent 1.0.0.');
    expect(pageOf([])).toContain('0 documents, 0 mentions, 0 links');
    expect(pageOf([{ id: 'a', text: 'x', mentions: [] }])).toContain('No mentions were found.');
  });
});

it('is the same page whatever the texts, titles and names contain', () => {
  const build = (words: string) => {
    const entity = { id: words, title: words, text: words, aliases: [words] };
    const it = { ...linked('x', 0, 0.8, [entity]), surface: words };
    const scores = { [words]: 1 };
    const only = { ...it, candidates: it.candidates.map((own) => ({ ...own, scores })) };
    return pageOf([{ id: words, text: `x ${words}`, mentions: [only] }], words);
  };
  const plain = skeleton(build('plain'));
  const hostile = [
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '</div></article><!--',
    '<img src=x onerror=alert(1)>',
    ']]>&lt;&#60;',
    '\0\u2028\ud800\u202e\uffff\x1b[31m',
  ];
  for (const words of hostile) expect(skeleton(build(words))).toEqual(plain);
  const fragments = fc.array(fc.constantFrom('<', '>', '"', "'", '&', '/', '=', '!--', 'script', '`', 'on', 'x', ' '));
  fc.assert(
    fc.property(
      fragments.map((parts) => `x${parts.join('')}x`),
      (words) => {
        expect(skeleton(build(words))).toEqual(plain);
      },
    ),
  );
  for (const character of ['\0', '\ud800', '\x1b']) expect(build(character)).not.toContain(character);
});

describe('its colours', () => {
  const [light, dark] = [...pageStyle.matchAll(/:root \{([^}]*)\}/g)].map(
    ([, rules]) =>
      new Map([...rules!.matchAll(/--([\w-]+): #([0-9a-f]{6});/g)].map(([, name, value]) => [name, value])),
  );
  const luminance = (hex: string) => {
    const [r, g, b] = [0, 2, 4].map((at) => {
      const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const contrast = (a: string, b: string) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high! + 0.05) / (low! + 0.05);
  };

  it.each([
    ['ink', 'paper', 4.5],
    ['soft', 'paper', 4.5],
    ['ink', 'box', 4.5],
    ['soft', 'box', 4.5],
    ['link', 'paper', 4.5],
    ['link', 'box', 4.5],
    ['ink', 'sure', 4.5],
    ['ink', 'unsure', 4.5],
    ['sure-line', 'paper', 3],
    ['unsure-line', 'paper', 3],
    ['nil-line', 'paper', 3],
    ['sure-line', 'bar', 3],
  ])('%s on %s is readable in light and in dark', (front, back, least) => {
    for (const scheme of [light!, dark!])
      expect(contrast(scheme.get(front)!, scheme.get(back)!)).toBeGreaterThanOrEqual(least);
  });
});

import { describe, expect, it } from 'vitest';
import { definedAbbreviations, mayHaveAbbreviation, spellOut } from './abbreviations.js';

const defined = (text: string) => Object.fromEntries(definedAbbreviations(text));

describe('definedAbbreviations', () => {
  it.each([
    ['mouse embryonic stem (ES) cells were', { ES: 'embryonic stem' }],
    ['Embryonic stem cells (ES cells) were', { 'ES cells': 'Embryonic stem cells', ES: 'Embryonic stem' }],
    ['such polymorphonuclear leukocytes (PMNs) were', { PMN: 'polymorphonuclear leukocytes' }],
    ['the WHO (World Health Organization) said', { WHO: 'World Health Organization' }],
    [
      'Mice lacking peroxisome proliferator-activated receptor γ (PPARγ; here)',
      {
        PPARγ: 'peroxisome proliferator-activated receptor γ',
      },
    ],
    ['the Office of Nuclear Energy, Science and Technology (NE) is', {}],
    ['spermatogonia (Sg)', { Sg: 'spermatogonia' }],
    ['Acme Corp. It sells. Big Blue (IBM)', {}],
    ['Paris (Texas) and f (x) and see (Figure 2) or (the WHO)', {}],
    ['the first (A) and the second (BB)', {}],
    ['gross domestic product (GDP) or general data protection (GDP)', { GDP: 'gross domestic product' }],
    ['（世界卫生组织） (WHO)', {}],
    ['', {}],
  ])('%j', (text, expected) => expect(defined(text)).toEqual(expected));

  it('reads a long text of brackets in one pass', () => {
    const text = 'embryonic stem (ES) cells ('.repeat(20_000);
    expect(defined(text)).toEqual({ ES: 'embryonic stem' });
  });
});

describe('spellOut', () => {
  const abbreviations = definedAbbreviations(
    'embryonic stem (ES) cells; polymorphonuclear leukocytes (PMNs); Write-ahead Log (WAL)',
  );
  const spelled = (surface: string) => {
    const mention = { contextLeft: 'a', surface, contextRight: 'b', world: 'w' };
    const { surface: inFull, abbreviation, ...rest } = spellOut(mention, abbreviations);
    expect(rest).toEqual({ contextLeft: 'a', contextRight: 'b', world: 'w' });
    return [inFull, abbreviation];
  };

  it.each([
    ['ES', 'embryonic stem', 'ES'],
    ['ES cells', 'embryonic stem cells', 'ES cells'],
    ['human ES-cell line', 'human embryonic stem cell line', 'human ES-cell line'],
    ['PMN', 'polymorphonuclear leukocytes', 'PMN'],
    ['PMNs', 'polymorphonuclear leukocytes', 'PMNs'],
    ['es', 'es', undefined],
    ['ESR', 'ESR', undefined],
  ])('%s is %s', (surface, inFull, abbreviation) => expect(spelled(surface)).toEqual([inFull, abbreviation]));

  it('says cheaply what has none', () => {
    for (const surface of ['paris', 'Paris', 'York', 'Newer York', 'a b', '北京'])
      expect(mayHaveAbbreviation(surface)).toBe(false);
    for (const surface of ['ES cells', 'the WHO', 'Sg', 'mRNA', 'H2']) expect(mayHaveAbbreviation(surface)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { nameWords, normalizeName, withoutBracket } from './names.js';

describe('normalizeName', () => {
  it.each([
    ['Paris', 'paris'],
    ['  São   Paulo ', 'sao paulo'],
    ["Young's", 'young'],
    ['Young’s', 'young'],
    ['U.S.', 'us'],
    ['AT&T', 'att'],
    ["Young's-like", 'youngslike'],
    ['Jean-Paul Sartre', 'jeanpaul sartre'],
    ['O’Neill', 'oneill'],
    ['ＦＵＬＬ width', 'full width'],
    ['北京', '北京'],
    ['β-cells', 'betacells'],
    ['TNFα', 'tnfalpha'],
    ['Αθήνα', 'αθηνα'],
    ['\u1ab0 Paris', 'paris'],
    ['', ''],
    ['!?', ''],
  ])('%j becomes %j', (name, expected) => expect(normalizeName(name)).toBe(expected));

  it('is stable: normalizing twice changes nothing', () => {
    for (const name of ['St. Louis', "Rock 'n' Roll", 'naïve café', 'C++', 'İstanbul', 'Ω-3', 'ΔF508']) {
      expect(normalizeName(normalizeName(name))).toBe(normalizeName(name));
    }
  });
});

it('nameWords gives UTF-16 positions of the original text', () => {
  const text = '😀 Saint-Étienne’s team';
  expect(nameWords(text).map(({ start, end }) => text.slice(start, end))).toEqual(['Saint-Étienne’s', 'team']);
});

it('withoutBracket drops one trailing bracket and nothing else', () => {
  expect(withoutBracket('Paris (Texas)')).toBe('Paris');
  expect(withoutBracket('Paris\t (Texas)  ')).toBe('Paris');
  expect(withoutBracket('Paris (Texas)!')).toBeUndefined();
  expect(withoutBracket('Paris (a) (b)')).toBe('Paris (a)');
  expect(withoutBracket('Paris')).toBeUndefined();
  expect(withoutBracket('(Texas)')).toBeUndefined();
  expect(withoutBracket('f(x) curve')).toBeUndefined();
  expect(withoutBracket('iron(2+)')).toBeUndefined();
  expect(withoutBracket('T(FH)')).toBeUndefined();
  expect(withoutBracket('パリ(テキサス)')).toBe('パリ');
  expect(withoutBracket('巴黎 （德克萨斯）')).toBe('巴黎');
});

import { expect, test } from 'vitest';
import { jointBetween, takesFullStop } from './joint.js';

test('a full stop belongs to initials and abbreviations', () => {
  const those = ['A', 'Ö', 'U.S', 'U.S.A', 'e.g', 'St', 'st', 'JR', 'Messrs', 'vs'];
  const others = ['I', 'i', 'AB', 'Zoo', 'a.bc', 'xU.S', 'U.S.', 'US.A.B', '', 'street', 'St ', '1'];
  expect(those.filter((word) => !takesFullStop(word))).toEqual([]);
  expect(others.filter(takesFullStop)).toEqual([]);
});

test.each([
  // A blank, or some, on a line and across lines; paragraphs part.
  ['New', ' ', 'York', 'open', false],
  ['New', ' \u00a0 ', 'York', 'open', false],
  ['New', '', 'York', 'open', false],
  ['New', '\n', 'York', 'open', true],
  ['New', ' \r\n ', 'York', 'open', true],
  ['New', '\u2028', 'York', 'open', true],
  ['New', '\n\n', 'York', 'shut', true],
  ['New', '\r\n\r\n', 'York', 'shut', true],
  ['New', '\n \n', 'York', 'shut', true],
  // Full stops.
  ['St', '. ', 'Louis', 'open', false],
  ['St', '.  ', 'Louis', 'open', false],
  ['St', '.', 'Louis', 'shut', true],
  ['St', ' . ', 'Louis', 'shut', true],
  ['St', '. (', 'Louis', 'shut', true],
  ['end', '. ', 'Then', 'shut', true],
  // What follows a comma as a part of the name.
  ['Washington', ', ', 'D.C', 'open', false],
  ['Boston', ', ', 'U.S.A', 'open', false],
  ['King', ', ', 'Jr', 'open', false],
  ['King', ',\u00a0', 'Sr', 'open', false],
  ['Ford', ', ', 'Inc', 'open', false],
  ['King', ', ', 'Jrs', 'written', false],
  ['King', ', ', 'AD.C', 'written', false],
  ['King', ', ', 'D.Cx', 'written', false],
  ['King', ',  ', 'Jr', 'written', false],
  ['King', ' , ', 'Jr', 'written', false],
  ['King', ', (', 'Jr', 'written', false],
  // Ampersands.
  ['Marks', ' & ', 'Spencer', 'open', false],
  ['Marks', '&', 'Spencer', 'open', false],
  ['Marks', '  &  ', 'Spencer', 'open', false],
  ['Marks', ' &( ', 'Spencer', 'shut', false],
  ['Marks', ' (& ', 'Spencer', 'shut', false],
  // What ends a sentence, a cell or an item.
  ...['!', '? ', '…', ': ', '。', '！', '？', ' | ', ' • ', '\t*', '# '].map(
    (gap) => ['one', gap, 'Two', 'shut', true] as const,
  ),
  ['one', ',\n\n', 'Two', 'shut', true],
  ['one', ',\n  \n-', 'Two', 'shut', true],
  // Quotations and lines begin.
  ['said', ' "', 'Who', 'written', true],
  ['said', ', “', 'Who', 'written', true],
  ['said', " '", 'Who', 'written', true],
  ['said', '‘', 'Who', 'written', true],
  ['said', ',\n', 'Who', 'written', true],
  ['rock', "n'", 'Roll', 'written', false],
  // Anything else, as long as it is short, and no semicolon.
  ['Paris', ' (', 'Texas', 'written', false],
  ['Paris', ' - ', 'Texas', 'written', false],
  ['Paris', ' -- ', 'Texas', 'shut', false],
  ['Paris', '; ', 'Texas', 'shut', false],
] as const)(
  'between %j and what follows %j, %j, a name is %s; something begins: %s',
  (word, gap, next, kind, begins) => {
    expect(jointBetween(word, gap, next)).toEqual({ kind, begins });
  },
);

import { expect, it } from 'vitest';
import { mentionInContext } from './mention.js';

it('takes the text around the span', () => {
  expect(mentionInContext('In Paris, Texas', { start: 3, end: 8, surface: 'Paris' })).toStrictEqual({
    contextLeft: 'In ',
    surface: 'Paris',
    contextRight: ', Texas',
  });
});

it('prefers the context that a detector gives, and carries the world', () => {
  const mention = { start: 5, end: 10, surface: 'Paris', contextLeft: 'In ', contextRight: '' };
  expect(mentionInContext('In [[Paris]]', mention, 'earth')).toEqual({
    contextLeft: 'In ',
    surface: 'Paris',
    contextRight: '',
    world: 'earth',
  });
});

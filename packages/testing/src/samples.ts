import type { Entity, EntityText, MentionInContext } from '@referent/core';

/** Two worlds, namesakes, aliases, brackets, letters beyond the basic plane, and ids that are traps for objects. */
export const sampleEntities: readonly Entity[] = [
  {
    id: 'paris-fr',
    title: 'Paris',
    text: 'The capital of France, on the Seine.',
    aliases: ['City of Light'],
    world: 'earth',
  },
  { id: 'paris-tx', title: 'Paris (Texas)', text: 'A town in northeast Texas.', world: 'earth' },
  {
    id: 'paris-troy',
    title: 'Paris',
    text: 'The prince of Troy who abducted Helen.',
    aliases: ['Alexandros'],
    world: 'myth',
  },
  { id: 'helen', title: 'Helen', text: 'The daughter of Zeus and Leda.', aliases: ['Helen of Troy'], world: 'myth' },
  {
    id: 'nyc',
    title: 'New York City',
    text: 'The largest city of the United States.',
    aliases: ['New York', 'Big Apple'],
    world: 'earth',
    url: 'https://example.org/nyc?x=1&y="2"',
  },
  { id: 'sao-paulo', title: 'São Paulo', text: 'A city in Brazil.', world: 'earth' },
  {
    id: 'gothic',
    title: '𐌲𐌿𐍄𐌰 𠜎',
    text: 'Letters beyond the basic plane, and 😀.',
    aliases: ['Guta 😀'],
    world: 'myth',
  },
  { id: '__proto__', title: 'Prototype', text: 'An id that is no property.' },
  { id: 'constructor', title: 'Constructor', text: '' },
  { id: "Robert'); DROP TABLE entities;--", title: 'Bobby Tables', text: 'Quotes "of" every \'kind\'\n\tand tabs.' },
];

/** Contexts of every length, with and without a name in them. */
export const sampleMentions: readonly MentionInContext[] = [
  { contextLeft: '', surface: 'Paris', contextRight: ' carried Helen off to Troy and so began a war.' },
  { contextLeft: 'She grew up on a ranch near ', surface: 'Paris', contextRight: ', Texas.' },
  { contextLeft: 'He painted by the Seine in ', surface: 'Paris', contextRight: ' until 1889.' },
  { contextLeft: 'They moved to ', surface: 'New York', contextRight: '' },
  { contextLeft: '', surface: 'São Paulo', contextRight: '' },
];

/** What real texts contain sooner or later. */
export const hardTexts: readonly string[] = [
  '',
  ' ',
  '\n\r\n\t',
  '😀',
  '\ud83d', // half a pair
  '𐌲𐌿𐍄𐌰 and 𠜎',
  'e\u0301 \u200b \u202e right to left: שלום, مرحبا',
  '[CLS] [SEP] [unused0] [[',
  'x'.repeat(2000),
  'Paris is a city. '.repeat(300),
];

export const sampleEntityTexts: readonly EntityText[] = sampleEntities.map(({ title, text }) => ({ title, text }));

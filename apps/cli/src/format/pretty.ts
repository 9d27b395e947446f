import { stripVTControlCharacters } from 'node:util';
import type { LinkedMention } from '@referent/core';
import type { Colors } from '../terminal.js';
import { textPieces } from './text-pieces.js';

interface Options {
  readonly colors: Colors;
  /** Columns of the terminal. */
  readonly width: number;
}

/** The text with its mentions coloured, then a line or two for each: title, gloss, probability. */
export function formatLinkedText(text: string, mentions: readonly LinkedMention[], { colors, width }: Options): string {
  const lines = text.trim() === '' ? [] : [...wrap(colorMentions(text, mentions, colors), width), ''];
  if (mentions.length === 0)
    lines.push(colors.dim('No mentions were found. Mark them [[like this]] to link them all the same.'));
  const surfaceWidth = Math.min(24, Math.max(0, ...mentions.map(({ surface }) => surface.length)));
  for (const mention of mentions) lines.push(...describe(mention, surfaceWidth, { colors, width }));
  return `${lines.join('\n')}\n`;
}

function describe(
  { surface, entity, probability, candidates }: LinkedMention,
  surfaceWidth: number,
  { colors, width }: Options,
): string[] {
  const name = oneLine(surface).slice(0, surfaceWidth).padEnd(surfaceWidth);
  const share = `${Math.round(probability * 100)} %`.padStart(5);
  const indent = ' '.repeat(surfaceWidth + 9);
  const room = Math.max(20, width - indent.length);
  if (!entity) {
    const nearest = candidates[0] ? `nothing here; nearest is ${oneLine(candidates[0].entity.title)}` : 'nothing here';
    return [`${colors.yellow(name)} ${colors.dim(share)}  ${colors.dim(clip(nearest, room))}`];
  }
  return [
    `${colors.cyan(colors.bold(name))} ${share}  ${colors.bold(clip(oneLine(entity.title), room))} ${colors.dim(entity.id)}`,
    ...(entity.text ? [`${indent}${colors.dim(clip(oneLine(entity.text), room))}`] : []),
  ];
}

/** Mentions in colour; the marks [[ ]] around a mention are not shown. */
function colorMentions(text: string, mentions: readonly LinkedMention[], colors: Colors): string {
  const paint = ({ entity }: LinkedMention, words: string) =>
    entity ? colors.cyan(colors.bold(words)) : colors.yellow(words);
  return [...textPieces(text, mentions)].map(({ text, mention }) => (mention ? paint(mention, text) : text)).join('');
}

function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    let length = 0;
    for (const word of paragraph.split(' ')) {
      const wordLength = stripVTControlCharacters(word).length; // colours take no room
      if (length > 0 && length + 1 + wordLength > width) {
        lines.push(line);
        line = word;
        length = wordLength;
      } else {
        line = length > 0 ? `${line} ${word}` : word;
        length += wordLength + (length > 0 ? 1 : 0);
      }
    }
    return [...lines, line];
  });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function clip(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`;
}

import type { Rows } from '@referent/core';
import { keyField, vectorField } from './lucene-index.js';

/** A part of a change that is sent in one request, about this long: what the server's manual advises. */
const portionCharacters = 4_000_000;

export type Operation = 'create' | 'index' | 'delete';

/** Lines of a bulk request, and the keys that they are about. */
export interface Portion {
  readonly keys: readonly number[];
  readonly lines: readonly string[];
}

/** Cuts a change into portions, each of which is made when it is asked for. */
export function* portionsOf(
  keys: Iterable<number>,
  operationOf: (key: number) => Operation,
  vectors?: { readonly rows: Rows; readonly dimensions: number },
): Generator<Portion> {
  let [own, lines, characters, row] = [[] as number[], [] as string[], 0, 0];
  for (const key of keys) {
    const action = `{"${operationOf(key)}":{"_id":"${key}"}}\n`;
    const line = vectors ? `${action}${documentOf(key, vectors.rows.data, row++, vectors.dimensions)}\n` : action;
    own.push(key);
    lines.push(line);
    characters += line.length;
    if (characters < portionCharacters) continue;
    yield { keys: own, lines };
    [own, lines, characters] = [[], [], 0];
  }
  if (own.length > 0) yield { keys: own, lines };
}

function documentOf(key: number, data: Float32Array, row: number, dimensions: number): string {
  return `{"${keyField}":${key},"${vectorField}":${vectorText(data, row, dimensions)}}`;
}

/** Nine digits say every float32 exactly; what JSON makes of one is twice as long. */
export function vectorText(data: Float32Array, row: number, dimensions: number): string {
  let text = '';
  for (let at = row * dimensions, end = at + dimensions; at < end; at++) {
    text += `${text === '' ? '[' : ','}${data[at]!.toPrecision(9)}`;
  }
  return `${text}]`;
}

/** Lucene keeps scores positive: dot + 1 where dot > 0, else 1 / (1 - dot) (VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT). */
export function innerProductOf(score: number): number {
  return score >= 1 ? score - 1 : 1 - 1 / score;
}

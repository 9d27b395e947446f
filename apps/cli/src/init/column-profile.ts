import type { PlainRecord } from './read-records.js';

/** What the values of a column are like. */
export interface ColumnProfile {
  readonly name: string;
  /** Share of the records that have a value. */
  readonly filled: number;
  /** Different values, as a share of all. */
  readonly unique: number;
  /** Characters, on average. */
  readonly length: number;
  /** Words, on average. */
  readonly words: number;
  /** Shares of the values that are an address on the web, a number, a list. */
  readonly urls: number;
  readonly numbers: number;
  readonly lists: number;
  /** Neither a text, a number nor a list of texts: nothing to link to. */
  readonly strange: boolean;
  readonly sample: string;
  /** Between the parts of most values that have parts. */
  readonly separator?: string;
}

/** Looks at every column of some records, in the order in which they occur. */
export function profileColumns(records: readonly PlainRecord[]): ColumnProfile[] {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  return [...names].map((name) => profileColumn(name, records));
}

function profileColumn(name: string, records: readonly PlainRecord[]): ColumnProfile {
  const values = records.map((record) => record[name]).filter((it) => it !== undefined && it !== null && it !== '');
  const texts = values.map((value) => textOf(value).trim());
  const share = (matches: (text: string, i: number) => boolean) => texts.filter(matches).length / (texts.length || 1);
  const mean = (measure: (text: string) => number) =>
    texts.reduce((sum, text) => sum + measure(text), 0) / (texts.length || 1);
  const isText = (value: unknown) => typeof value === 'string' || typeof value === 'number';
  const separator = ['|', ';', ','].find((it) => share((text) => text.includes(it)) >= 0.2);
  return {
    name,
    filled: values.length / (records.length || 1),
    unique: new Set(texts).size / (texts.length || 1),
    length: mean((text) => text.length),
    words: mean((text) => text.split(/\s+/).length),
    urls: share((text) => /^https?:\/\/\S+$/i.test(text)),
    numbers: share((text) => /^[\d\s.,:/+%€$-]+$/.test(text)),
    lists: share((_, i) => Array.isArray(values[i])),
    strange: !values.every((value) =>
      Array.isArray(value) ? value.every((it) => typeof it === 'string') : isText(value),
    ),
    sample: texts.find((text) => text.length <= 40) ?? texts[0] ?? '',
    ...(separator !== undefined && { separator }),
  };
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

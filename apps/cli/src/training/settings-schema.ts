import { nearestOf, ReferentError } from '@referent/core';

/** What a settings file may say: a field with neither a default nor `optional` must be there. */
export type Field = { readonly optional?: boolean } & (
  | { readonly kind: 'number'; readonly default?: number; readonly from?: number; readonly to?: number }
  | { readonly kind: 'count'; readonly default?: number; readonly from?: number }
  | { readonly kind: 'boolean'; readonly default?: boolean }
  | { readonly kind: 'text'; readonly default?: string }
  | { readonly kind: 'texts' }
  | { readonly kind: 'choice'; readonly of: readonly string[]; readonly default?: string }
  | { readonly kind: 'group'; readonly fields: Fields }
  | { readonly kind: 'list'; readonly fields: Fields }
);
export type Fields = Readonly<Record<string, Field>>;

type Settings = Record<string, unknown>;

/**
 * Checks settings and fills in the defaults.
 * @throws `SETTINGS_INVALID` naming the field; for an unknown one, the nearest known
 */
export function readSettings(json: unknown, fields: Fields, file: string, path = ''): Settings {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalid(file, path || 'the file', `must be an object of settings, not ${JSON.stringify(json)}`);
  }
  const given = json as Settings;
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(fields, name)) continue;
    const nearest = nearestOf(name, Object.keys(fields));
    throw invalid(
      file,
      path + name,
      'is not known',
      nearest === undefined ? `Known are: ${Object.keys(fields).join(', ')}.` : `Did you mean "${path}${nearest}"?`,
    );
  }
  const settings: Settings = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = readValue(given[name], field, file, path + name);
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

function readValue(value: unknown, field: Field, file: string, name: string): unknown {
  if (value === undefined) {
    if (field.optional) return undefined;
    if (field.kind === 'group') return readSettings({}, field.fields, file, `${name}.`);
    if ('default' in field) return field.default;
    throw invalid(file, name, 'is missing');
  }
  const refuse = (wanted: string) => invalid(file, name, `must be ${wanted}, not ${JSON.stringify(value)}`);
  switch (field.kind) {
    case 'number':
    case 'count': {
      const { from = field.kind === 'count' ? 1 : 0 } = field;
      const to = field.kind === 'number' ? (field.to ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
      const kind = field.kind === 'count' ? 'a whole number' : 'a number';
      const range = to === Number.POSITIVE_INFINITY ? `of ${from} or more` : `from ${from} to ${to}`;
      const fits = typeof value === 'number' && value >= from && value <= to;
      if (!fits || (field.kind === 'count' && !Number.isInteger(value))) throw refuse(`${kind} ${range}`);
      return value;
    }
    case 'boolean':
      if (typeof value !== 'boolean') throw refuse('true or false');
      return value;
    case 'text':
      if (typeof value !== 'string' || value === '') throw refuse('a text');
      return value;
    case 'texts': {
      const list = Array.isArray(value) ? value : [value];
      if (list.length === 0 || !list.every((it) => typeof it === 'string')) throw refuse('a text or a list of texts');
      return list;
    }
    case 'choice':
      if (!field.of.includes(value as string)) throw refuse(`one of ${field.of.join(', ')}`);
      return value;
    case 'group':
      return readSettings(value, field.fields, file, `${name}.`);
    case 'list':
      if (!Array.isArray(value) || value.length === 0) throw refuse('a list');
      return value.map((item, i) => readSettings(item, field.fields, file, `${name}[${i}].`));
  }
}

function invalid(file: string, name: string, problem: string, fix?: string): ReferentError {
  return new ReferentError('SETTINGS_INVALID', {
    what: `${file}: "${name}" ${problem}.`,
    ...(fix !== undefined && { fix }),
    details: { file, field: name },
  });
}

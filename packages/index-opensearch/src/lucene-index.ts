import { isReferentError, ReferentError } from '@referent/core';
import type { Client } from './client.js';
import { mismatch } from './errors.js';
import { indexName, type Settings } from './options.js';

/** Names of fields, and of what the server calls an index. */
export const keyField = 'key';
export const vectorField = 'embedding';

/** Lucene's own: the vectors stay beside what it makes of them. */
const scalarQuantizer = 'sq';

interface Holder {
  readonly mappings?: { readonly properties?: Record<string, Field>; readonly _meta?: { readonly label?: string } };
}

interface Field {
  readonly type?: string;
  readonly dimension?: number;
  readonly method?: {
    readonly engine?: string;
    readonly space_type?: string;
    readonly parameters?: { readonly encoder?: { readonly name?: string } };
  };
}

/** Creates the first version, with the alias. Gives the name to speak of: the alias. */
export async function createVersion(client: Client, settings: Settings): Promise<string> {
  const { index, replace } = settings;
  if (replace) await deleteIndices(client, [...(await versionsOf(client, index)).keys()]);
  const { status } = await client.ask({ method: 'HEAD', path: `/${index}`, accept: [404] });
  if (status !== 404) throw exists(index, client.address);
  await putVersion(client, settings, { aliases: { [index]: {} } });
  return index;
}

/** Creates the next version beside the one in use. Gives its own name: nobody finds it by the alias. */
export async function createNextVersion(client: Client, settings: Settings): Promise<string> {
  return putVersion(client, settings, {});
}

async function putVersion(client: Client, settings: Settings, body: object): Promise<string> {
  const { index, dimensions, quantization, shards, replicas, refreshInterval, label } = settings;
  const used = [...(await versionsOf(client, index)).keys()].map((name) => Number(/\d+$/.exec(name)));
  const name = `${index}-v${Math.max(0, ...used) + 1}`;
  const method = {
    name: 'hnsw',
    engine: 'lucene',
    space_type: 'innerproduct',
    parameters: {
      m: settings.connectivity,
      ef_construction: settings.expansionAdd,
      // Steps between the smallest and the largest value of a segment: with less, what is cut off changes products.
      ...(quantization === 'i8' && {
        encoder: { name: scalarQuantizer, parameters: { confidence_interval: 0.999999 } },
      }),
    },
  };
  const properties = {
    [keyField]: { type: 'long' },
    [vectorField]: { type: 'knn_vector', dimension: dimensions, method },
  };
  try {
    await client.ask({
      method: 'PUT',
      path: `/${name}`,
      body: {
        ...body,
        settings: {
          index: {
            knn: true,
            number_of_shards: shards,
            number_of_replicas: replicas,
            refresh_interval: `${refreshInterval}s`,
          },
        },
        // Without the source a vector is kept once and not again as text.
        mappings: { dynamic: 'strict', _source: { enabled: false }, properties, ...(label && { _meta: { label } }) },
      },
    });
  } catch (cause) {
    if (!isReferentError(cause)) throw cause;
    if (cause.details.type === 'resource_already_exists_exception') throw exists(name, client.address);
    throw cause;
  }
  return name;
}

/** @throws `INDEX_TABLE_MISSING`; `INDEX_MISMATCH` where the alias stands for something else */
export async function checkIndex(client: Client, { index, dimensions, quantization, label }: Settings): Promise<void> {
  const { status, body } = await client.ask<Record<string, Holder>>({
    method: 'GET',
    path: `/${index}/_mapping`,
    accept: [404],
  });
  if (status === 404) {
    throw new ReferentError('INDEX_TABLE_MISSING', {
      what: `${indexName}: there is no index ${index} at ${client.address}.`,
      fix: 'Create it with createOpenSearchIndex, or check its name.',
      details: { address: client.address, index },
    });
  }
  const holders = Object.entries(body);
  const what = `${indexName}: ${index} is not an index that Referent can search`;
  if (holders.length !== 1) {
    const found = holders.map(([name]) => name);
    throw mismatch(`${what}: it stands for ${found.join(' and ')}.`, { setting: 'alias', expected: 1, found });
  }
  const { properties = {}, _meta } = holders[0]![1].mappings ?? {};
  const field = properties[vectorField];
  const facts: [setting: string, expected: unknown, found: unknown][] = [
    [`type of ${vectorField}`, 'knn_vector', field?.type],
    [`type of ${keyField}`, 'long', properties[keyField]?.type],
    ['dimensions', dimensions, field?.dimension],
    ['engine', 'lucene', field?.method?.engine],
    ['space_type', 'innerproduct', field?.method?.space_type],
    ['quantization', quantization, quantizationOf(field)],
    ...(label === undefined ? [] : [['label', label, _meta?.label] satisfies [string, unknown, unknown]]),
  ];
  for (const [setting, expected, found] of facts) {
    if (expected === found) continue;
    throw mismatch(`${what}: ${setting} is ${found ?? 'missing'}, not ${expected}.`, { setting, expected, found });
  }
}

function quantizationOf(field: Field | undefined): string | undefined {
  const encoder = field?.method?.parameters?.encoder?.name;
  return encoder === undefined ? 'f32' : encoder === scalarQuantizer ? 'i8' : encoder;
}

/** Lets the alias stand for `name`, and deletes what it stood for, in one step that no search falls between. */
export async function switchAlias(client: Client, index: string, name: string): Promise<void> {
  const old = [...(await versionsOf(client, index))].filter(([it, isUsed]) => isUsed && it !== name);
  const actions = [{ add: { index: name, alias: index } }, ...old.map(([it]) => ({ remove_index: { index: it } }))];
  await client.ask({ method: 'POST', path: '/_aliases', body: { actions } });
}

/** Deletes the version that the alias stands for, or the one of this name. */
export async function dropIndex(client: Client, index: string, name: string): Promise<void> {
  const versions = await versionsOf(client, index);
  const own = name === index ? [...versions].flatMap(([it, isUsed]) => (isUsed ? [it] : [])) : [name];
  await deleteIndices(client, own);
}

async function deleteIndices(client: Client, names: readonly string[]): Promise<void> {
  for (const name of names) await client.ask({ method: 'DELETE', path: `/${name}`, accept: [404] });
}

/** Every version there is, and whether the alias stands for it. Left-overs of a build that was given up are among them. */
async function versionsOf(client: Client, index: string): Promise<Map<string, boolean>> {
  const { body, status } = await client.ask<Record<string, { aliases?: object }>>({
    method: 'GET',
    path: `/${index}-v*/_alias`,
    accept: [404],
  });
  if (status === 404) return new Map();
  const own = Object.entries(body).filter(([name]) => /^-v\d+$/.test(name.slice(index.length)));
  return new Map(own.map(([name, { aliases = {} }]) => [name, index in aliases]));
}

function exists(name: string, address: string): ReferentError {
  return new ReferentError('INDEX_TABLE_EXISTS', {
    what: `${indexName}: there is an index ${name} at ${address} already.`,
    fix: 'Open it with openOpenSearchIndex, build its next version with rebuildOpenSearchIndex, or create with replace.',
    details: { address, index: name },
  });
}

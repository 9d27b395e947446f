import { isReferentError, ReferentError } from '@referent/core';
import type { IndexContext, IndexProvider, IndexResidence, JsonObject } from '@referent/knowledge-base';
import { usageError } from '../../command-context.js';

export type Quantization = 'f32' | 'f16' | 'i8' | 'b1';

/** What the manifest keeps of an index: how its vectors are stored, and how it is built and searched. */
export interface IndexSettings {
  readonly quantization?: Quantization;
  readonly [setting: string]: unknown;
}

/** Where indexes of servers are looked for, and what `--backend-option` says of the place. */
export interface IndexPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Of this call alone; from here on only what is no secret gets into a note. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface BackendOption {
  /** `count` and the choices are settings of the index, `place` says where it is. */
  readonly kind: 'count' | 'place' | readonly string[];
  /** For the help. */
  readonly meaning: string;
}

export interface IndexBackend {
  readonly quantizations: readonly Quantization[];
  /** What `--backend-option` takes. */
  readonly options: Readonly<Record<string, BackendOption>>;
  /** The setting that weighs recall against time, and values of it that are worth a try. */
  readonly tuned?: { readonly setting: string; readonly values: readonly number[] };
  provider(settings: IndexSettings, place: IndexPlace): IndexProvider;
  /** Where an index is, for people. */
  readonly describe?: (residence: Pick<IndexResidence, 'name' | 'where'>) => string;
}

/** `--backend-option key=value …` as settings of the index and what says where it is. @throws `USAGE` */
export function readBackendOptions(
  backend: string,
  { options: known }: Pick<IndexBackend, 'options'>,
  given: readonly string[],
): { readonly settings: JsonObject; readonly place: Readonly<Record<string, string>> } {
  const settings: Record<string, unknown> = {};
  const place: Record<string, string> = {};
  for (const option of given) {
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(option) ?? [];
    if (!key || !value) throw usageError('--backend-option must look like key=value.'); // may hold a password: not shown
    const { kind } = known[key] ?? {};
    if (!kind) {
      const names = Object.keys(known);
      throw usageError(
        `The backend ${backend} has no option '${key}'.`,
        names.length === 0 ? 'It has none.' : `It has ${names.join(', ')}.`,
      );
    }
    if (key in settings || key in place) throw usageError(`--backend-option: '${key}' is given twice.`);
    if (kind === 'place') place[key] = value;
    else if (kind !== 'count') settings[key] = oneOf(kind, key, value);
    else if (/^[1-9]\d*$/.test(value)) settings[key] = Number(value);
    else throw usageError(`--backend-option: ${key} must be a positive whole number, got '${value}'.`);
  }
  return { settings, place };
}

function oneOf(choices: readonly string[], key: string, value: string): string {
  if (choices.includes(value)) return value;
  throw usageError(`--backend-option: ${key} must be ${choices.join(' or ')}, got '${value}'.`);
}

/** A residence is there whenever a backend has none but residences. */
export function residenceOf({ backend, residence }: Omit<IndexContext, 'vectors'>): IndexResidence {
  if (residence) return residence;
  throw new ReferentError('KB_CORRUPT', {
    what: `The knowledge base does not say where its index in ${backend} is.`,
    fix: 'Make it again from the vectors: referent index move.',
  });
}

/** An address that may be written down: without passwords. */
export function withoutPassword(url: string): string {
  const address = new URL(url);
  address.password = '';
  for (const name of [...address.searchParams.keys()]) {
    if (/pass|secret|token|key/i.test(name)) address.searchParams.delete(name);
  }
  return address.href;
}

const unreached = ['INDEX_SERVER_UNREACHABLE', 'INDEX_SERVER_DENIED'];
const unusable = ['INDEX_TABLE_MISSING', 'INDEX_FILE_MISSING', 'INDEX_MISMATCH', 'INDEX_CORRUPT_FILE'];

/** Adds to what a backend says what a user of the command line can do about it. */
export async function advising<T>(backend: string, variable: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isReferentError(error)) throw error;
    const advice =
      variable && unreached.includes(error.code)
        ? `${variable} says where it is and with which password; it comes before what the knowledge base notes. Or move the index into a file: referent index move --to usearch.`
        : unusable.includes(error.code)
          ? `Make the index again from the vectors that the knowledge base keeps: referent index move --to ${backend}.`
          : undefined;
    if (!advice) throw error;
    const { code, what, why, fix, details, cause } = error;
    const fixes = [fix, advice].filter(Boolean).join(' ');
    throw new ReferentError(code, { what, ...(why !== undefined && { why }), fix: fixes, details, cause });
  }
}

/** What a killed build has begun is there already: it is opened, to be gone on with. */
export function createdOrOpened<T>(creating: Promise<T>, open: () => Promise<T>): Promise<T> {
  return creating.catch((error) => {
    if (isReferentError(error, 'INDEX_TABLE_EXISTS')) return open();
    throw error;
  });
}

/** Drops what is opened; nothing where it is gone already, or somebody else's. `gone`: further codes that say so. */
export async function dropIfOurs(
  opening: Promise<{ drop(): Promise<void> }>,
  gone: readonly string[] = [],
): Promise<void> {
  const codes = ['INDEX_TABLE_MISSING', 'INDEX_MISMATCH', ...gone];
  const index = await opening.catch((error) => {
    if (isReferentError(error) && codes.includes(error.code)) return undefined;
    throw error;
  });
  await index?.drop();
}

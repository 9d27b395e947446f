import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { knowledgeBaseError } from '../errors.js';
import { writeFileAtomically } from './files.js';

/** The format that this version writes and reads: 2, since Greek letters and hyphens are other names (docs/log.md). */
export const formatVersion = 2;

export type JsonObject = Readonly<Record<string, unknown>>;

/** The model whose vectors the knowledge base holds. */
export interface ModelIdentity {
  readonly name: string;
  /** Of the weights: equal hashes give equal vectors. */
  readonly hash: string;
  readonly dimensions: number;
  /** Where an app found it, so that it can be found again; says nothing about which model it is. */
  readonly location?: string;
}

export interface ManifestIndex {
  readonly backend: string;
  readonly settings: JsonObject;
  readonly file: string;
  /** The index lives elsewhere: the file is a note that says where, and its size says nothing. @default false */
  readonly isResident?: boolean;
  readonly bytes: number;
  /** Counts the files that have been saved. */
  readonly generation: number;
  /** Entities up to this key are in the file, */
  readonly through: number;
  /** but for those that were removed first: so many of all removals. */
  readonly removals: number;
}

/** `manifest.json`: only a whole knowledge base has one. */
export interface Manifest {
  readonly format: number;
  readonly created: string;
  readonly updated: string;
  readonly model: ModelIdentity;
  readonly store: { readonly file: string };
  readonly vectors: { readonly file: string };
  readonly index: ManifestIndex;
  readonly counts: { readonly entities: number; readonly names: number; readonly worlds: number };
}

/** `building.json`: what an unfinished build was called with, and the files it writes. */
export interface BuildPlan {
  readonly format: number;
  readonly created: string;
  readonly model: ModelIdentity;
  readonly index: { readonly backend: string; readonly settings: JsonObject };
  readonly sources: readonly { readonly name: string; readonly identity: JsonObject }[];
  /** Sets the files of this build apart from those of the knowledge base that it replaces. */
  readonly generation: number;
}

export const manifestFile = 'manifest.json';
export const planFile = 'building.json';

export const storeName = (generation: number) => `store-${generation}.sqlite`;
export const vectorsName = (generation: number) => `vectors-${generation}.f32`;
export const indexName = (generation: number, backend: string) => `index-${generation}.${backend}`;
/** What an index that is no file may keep in the knowledge base, beside its note. */
export const residenceFolder = (note: string) => `${note}.files`;

/** @throws `KB_NOT_A_KNOWLEDGE_BASE`, `KB_INCOMPLETE`, `KB_NEWER_FORMAT`, `KB_OLDER_FORMAT`, `KB_CORRUPT` */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = await readJson<Manifest>(join(folder, manifestFile));
  if (manifest) return checkShape(manifest, folder, manifestFile, ['model', 'store', 'vectors', 'index', 'counts']);
  if (await readPlan(folder)) {
    throw knowledgeBaseError('KB_INCOMPLETE', {
      what: `The knowledge base ${folder} is not finished.`,
      why: 'Its build was stopped before the end.',
      fix: 'Run the same build again: it goes on where it stopped.',
      details: { folder },
    });
  }
  throw knowledgeBaseError('KB_NOT_A_KNOWLEDGE_BASE', {
    what: `${folder} is not a knowledge base.`,
    why: `It has no ${manifestFile}.`,
    fix: 'Check the path, or build one there.',
    details: { folder },
  });
}

/** The knowledge base of the folder, or undefined if there is none yet. */
export async function findManifest(folder: string): Promise<Manifest | undefined> {
  const manifest = await readJson<Manifest>(join(folder, manifestFile));
  return manifest && checkShape(manifest, folder, manifestFile, ['model', 'store', 'vectors', 'index', 'counts']);
}

export async function readPlan(folder: string): Promise<BuildPlan | undefined> {
  const plan = await readJson<BuildPlan>(join(folder, planFile));
  return plan && checkShape(plan, folder, planFile, ['model', 'index', 'sources', 'generation']);
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFileAtomically(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
}

export async function writePlan(folder: string, plan: BuildPlan): Promise<void> {
  await writeFileAtomically(join(folder, planFile), `${JSON.stringify(plan, null, 2)}\n`);
}

/** @throws `KB_WRONG_MODEL` */
export function assertSameModel(folder: string, found: ModelIdentity, wanted: ModelIdentity): void {
  if (found.hash === wanted.hash && found.dimensions === wanted.dimensions) return;
  throw knowledgeBaseError('KB_WRONG_MODEL', {
    what: `The knowledge base ${folder} was built with another model.`,
    why: `It holds vectors of ${describeModel(found)}; the model given is ${describeModel(wanted)}.`,
    fix: 'Use the model it was built with, or build it again with this one.',
    details: { folder, found, wanted },
  });
}

function describeModel({ name, hash, dimensions }: ModelIdentity): string {
  return `${name} (${hash.slice(0, 12)}, ${dimensions} dimensions)`;
}

async function readJson<T>(path: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw damaged(path, (error as Error).message, error);
  }
}

function checkShape<T extends { format: number }>(
  value: T,
  folder: string,
  file: string,
  fields: readonly (keyof T & string)[],
): T {
  const path = join(folder, file);
  if (typeof value !== 'object' || value === null || typeof value.format !== 'number') {
    throw damaged(path, 'It names no format.');
  }
  if (value.format > formatVersion) {
    throw knowledgeBaseError('KB_NEWER_FORMAT', {
      what: `The knowledge base ${folder} was written by a newer version of Referent.`,
      why: `Its format is ${value.format}; this version reads ${formatVersion}.`,
      fix: 'Update Referent, or build the knowledge base again with this version.',
      details: { folder, format: value.format, newest: formatVersion },
    });
  }
  if (value.format < formatVersion) {
    throw knowledgeBaseError('KB_OLDER_FORMAT', {
      what: `The knowledge base ${folder} was written by an earlier version of Referent.`,
      why: `Its format is ${value.format}, this version reads ${formatVersion}: names are kept in another form since.`,
      fix: 'Build the knowledge base again, with leave to replace it (`replace`; --replace).',
      details: { folder, format: value.format, newest: formatVersion },
    });
  }
  const missing = fields.filter((field) => value[field] === undefined || value[field] === null);
  if (missing.length > 0) throw damaged(path, `It lacks ${missing.join(', ')}.`);
  return value;
}

function damaged(path: string, why: string, cause?: unknown): Error {
  return knowledgeBaseError('KB_CORRUPT', {
    what: `${path} is damaged.`,
    why,
    fix: 'Restore it from a copy, or build the knowledge base again.',
    details: { file: path },
    cause,
  });
}

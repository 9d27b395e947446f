import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type AsyncClosing,
  assertKnownOptions,
  asyncClosing,
  type CandidateSource,
  type EntityStore,
  type NamesIndex,
  type VectorIndex,
  type VectorStore,
} from '@referent/core';
import { inKnowledgeBase, knowledgeBaseError } from './errors.js';
import { exists, sizeOf, sizeOfFolder } from './folder/files.js';
import { type IndexNote, readNote } from './folder/index-note.js';
import type { IndexResidence, OpenIndex } from './folder/index-provider.js';
import { staleKeys } from './folder/index-step.js';
import {
  assertSameModel,
  type Manifest,
  type ModelIdentity,
  readManifest,
  residenceFolder,
} from './folder/manifest.js';
import { residentContext } from './folder/resident-context.js';
import { openVectorsFile, type VectorsFile } from './folder/vectors-file.js';
import { withoutKeys } from './folder/without-keys.js';
import { type Database, openDatabase } from './store/database.js';
import { createDatabaseStore } from './store/entity-store.js';
import { type Facts, readFacts } from './store/facts.js';
import { createLexicalSource } from './store/lexical-source.js';
import { hasLexicon } from './store/lexicon.js';
import { createDatabaseNames } from './store/store-names.js';

export interface OpenKnowledgeBaseOptions {
  readonly folder: string;
  /** Opens the index that the manifest names; its `context` says which backend it is. */
  readonly openIndex: OpenIndex;
  /** The model that will encode the mentions: refused if the entities were encoded by another. */
  readonly model?: ModelIdentity | undefined;
}

export interface KnowledgeBase {
  readonly manifest: Manifest;
  readonly store: EntityStore;
  readonly names: NamesIndex;
  /** Finds names by their words. Absent until `addLexicalIndex` has indexed them. */
  readonly lexical?: CandidateSource;
  /** Full-precision vectors of the entities. */
  readonly vectors: VectorStore;
  readonly index: VectorIndex;
  /** What is not as it should be, in words, and does not prevent linking. */
  readonly warnings: readonly string[];
  info(): Promise<KnowledgeBaseInfo>;
  /** Closes everything, the index too. May be called twice. */
  close(): Promise<void>;
}

export interface KnowledgeBaseInfo {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly counts: Manifest['counts'];
  /** Bytes on disk; what lies at a server is not counted. */
  readonly bytes: { readonly store: number; readonly vectors: number; readonly index: number };
  /** Where the index is, if it is no file: the name of its table or collection, and the place without secrets. */
  readonly residence?: Pick<IndexResidence, 'name' | 'where'>;
  /** Whether `addLexicalIndex` has indexed the words of the names. */
  readonly hasLexical: boolean;
  /** Entities that no search finds yet, and removed ones that the saved index still holds. */
  readonly pending: { readonly added: number; readonly removed: number };
  readonly warnings: readonly string[];
}

/**
 * Opens a finished knowledge base for reading. Nothing is loaded ahead but what the index needs.
 * @throws `KB_NOT_A_KNOWLEDGE_BASE`, `KB_INCOMPLETE`, `KB_NEWER_FORMAT`, `KB_OLDER_FORMAT`, `KB_CORRUPT`, `KB_WRONG_MODEL`
 */
export function openKnowledgeBase({
  folder,
  openIndex,
  model,
  ...unknown
}: OpenKnowledgeBaseOptions): Promise<KnowledgeBase & AsyncClosing> {
  return inKnowledgeBase(folder, async () => {
    assertKnownOptions('openKnowledgeBase', unknown, ['folder', 'openIndex', 'model']);
    const files = await openFiles(folder, model);
    const { manifest, note, database, vectors, removed, info } = files;
    try {
      const { backend, settings, file, through } = manifest.index;
      const path = join(folder, file);
      const context = { backend, settings, vectors, isWritable: false };
      const saved = await openIndex(path, manifest.model.dimensions, {
        ...context,
        ...(note && { residence: residentContext(path, note, {}).residence }),
      });
      // What is changed where it lives may already hold an addition that is under way.
      const index = note || removed.length > 0 ? withoutKeys(saved, removed, through) : saved;
      return asyncClosing<KnowledgeBase>({
        manifest,
        store: createDatabaseStore(database, manifest.index),
        names: createDatabaseNames(database, manifest.index),
        ...(info.hasLexical && { lexical: createLexicalSource(database, manifest.index) }),
        vectors,
        index,
        warnings: info.warnings,
        info: async () => info,
        async close() {
          await saved.close();
          files.close();
        },
      });
    } catch (error) {
      files.close();
      throw error;
    }
  });
}

/** What a knowledge base is, without its index. @throws as `openKnowledgeBase` */
export function describeKnowledgeBase(folder: string): Promise<KnowledgeBaseInfo> {
  return inKnowledgeBase(folder, async () => {
    const { info, close } = await openFiles(folder);
    close();
    return info;
  });
}

interface OpenFiles {
  readonly manifest: Manifest;
  readonly note: IndexNote | undefined;
  readonly database: Database;
  readonly vectors: VectorsFile;
  readonly removed: Uint32Array;
  readonly info: KnowledgeBaseInfo;
  close(): void;
}

async function openFiles(folder: string, model?: ModelIdentity): Promise<OpenFiles> {
  const manifest = await readWholeManifest(folder);
  if (model) assertSameModel(folder, manifest.model, model);
  const path = (file: string) => join(folder, file);
  const note = manifest.index.isResident ? await ownNote(path(manifest.index.file), manifest) : undefined;
  const indexBytes = (await sizeOf(path(manifest.index.file))) ?? 0;
  if (!note && indexBytes !== manifest.index.bytes) {
    throw damaged(folder, `${manifest.index.file} has ${indexBytes} bytes instead of ${manifest.index.bytes}.`);
  }
  const database = openDatabase(path(manifest.store.file), { readOnly: true });
  try {
    await assertStore(folder, manifest, database);
    const facts = readFacts(database);
    const vectors = openVectorsFile(path(manifest.vectors.file), manifest.model.dimensions);
    const close = () => {
      vectors.close();
      database.close();
    };
    try {
      assertVectors(folder, database, facts, vectors);
      const removed = staleKeys(database, manifest.index);
      const info = await inspect(folder, manifest, note, database, facts, removed.length);
      return { manifest, note, database, vectors, removed, info, close };
    } catch (error) {
      vectors.close();
      throw error;
    }
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The manifest, with its files found. A writer may have replaced both in between: then the newer manifest counts. */
async function readWholeManifest(folder: string): Promise<Manifest> {
  for (let before: Manifest | undefined; ; ) {
    const manifest = await readManifest(folder);
    const missing: string[] = [];
    for (const { file } of [manifest.store, manifest.vectors, manifest.index]) {
      if (!(await exists(join(folder, file)))) missing.push(file);
    }
    if (missing.length === 0) return manifest;
    if (before && isDeepStrictEqual(before, manifest)) throw damaged(folder, `${missing.join(', ')} is missing.`);
    before = manifest;
  }
}

async function inspect(
  folder: string,
  manifest: Manifest,
  note: IndexNote | undefined,
  database: Database,
  { entities, names, worlds, nextKey, lexiconThrough }: Facts,
  removed: number,
): Promise<KnowledgeBaseInfo> {
  const size = async (file: string) => (await sizeOf(join(folder, file))) ?? 0;
  const [added] = database.get<[number]>('SELECT count(*) FROM entities WHERE key > ?', manifest.index.through) ?? [0];
  const warnings: string[] = [];
  if (added > 0) {
    warnings.push(
      `An addition of ${added} entities was stopped before its end: they cannot be found yet. Repeat it, or add nothing, to complete it.`,
    );
  }
  return {
    folder,
    manifest,
    counts: { entities: entities - added, names, worlds },
    bytes: {
      store: await size(manifest.store.file),
      vectors: await size(manifest.vectors.file),
      index:
        (await size(manifest.index.file)) + (await sizeOfFolder(residenceFolder(join(folder, manifest.index.file)))),
    },
    ...(note && { residence: { name: note.name, where: note.where } }),
    hasLexical: hasLexicon(database) && lexiconThrough === nextKey - 1,
    pending: { added, removed },
    warnings,
  };
}

/** The note of this index, and no other's that somebody has copied here. @throws `KB_CORRUPT` */
async function ownNote(path: string, { index, model }: Manifest): Promise<IndexNote> {
  const note = await readNote(path);
  if (note.backend === index.backend && note.model.hash === model.hash) return note;
  throw knowledgeBaseError('KB_CORRUPT', {
    what: `${path} speaks of another index.`,
    why: `It names ${note.backend} and the model ${note.model.hash.slice(0, 12)}; the manifest ${index.backend} and ${model.hash.slice(0, 12)}.`,
    fix: 'Restore it from a copy, or make the index again from the vectors: `referent index move`.',
    details: { file: path },
  });
}

/** SQLite notices a cut-off file only when it comes to the missing page. */
async function assertStore(folder: string, { store }: Manifest, database: Database): Promise<void> {
  const [pages] = database.get<[number]>('PRAGMA page_count') ?? [0];
  const [pageBytes] = database.get<[number]>('PRAGMA page_size') ?? [0];
  const bytes = (await sizeOf(join(folder, store.file))) ?? 0;
  if (bytes >= pages * pageBytes) return;
  throw damaged(folder, `${store.file} has ${bytes} bytes instead of ${pages * pageBytes}.`);
}

function assertVectors(folder: string, database: Database, { encodedThrough }: Facts, vectors: VectorsFile): void {
  const [last] = database.get<[number | null]>('SELECT max(key) FROM entities WHERE key <= ?', encodedThrough) ?? [
    null,
  ];
  if (vectors.rows >= (last ?? 0)) return;
  throw damaged(folder, `The vectors file has ${vectors.rows} rows; the store counts on ${last}.`);
}

function damaged(folder: string, why: string): Error {
  return knowledgeBaseError('KB_CORRUPT', {
    what: `The knowledge base ${folder} is damaged.`,
    why,
    fix: 'Restore it from a copy, or build it again.',
    details: { folder },
  });
}

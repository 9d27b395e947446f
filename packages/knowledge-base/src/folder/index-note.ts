import { open, readFile } from 'node:fs/promises';
import { knowledgeBaseError } from '../errors.js';
import { writeFileAtomically } from './files.js';
import type { JsonObject, ModelIdentity } from './manifest.js';

/** What stands in the place of an index file where the index lives elsewhere: in a folder of its own, or at a server. */
export interface IndexNote {
  /** Tells a note from the file of an index. */
  readonly note: typeof noteKind;
  readonly format: number;
  readonly backend: string;
  readonly settings: JsonObject;
  /** Of the table, collection or folder. No other index has it. */
  readonly name: string;
  /** What the backend needs to find it. Never a password. */
  readonly where: JsonObject;
  readonly model: Pick<ModelIdentity, 'hash' | 'dimensions'>;
  /** Vectors up to this key are stored for certain: where a killed build, or addition, goes on. */
  readonly through: number;
  /** Removals that had happened when the index was begun. */
  readonly removals: number;
}

const noteKind = 'referent-index';
const noteFormat = 1;
const longestNote = 64 * 1024;

export function newNote(facts: Omit<IndexNote, 'note' | 'format' | 'through'>): IndexNote {
  return { note: noteKind, format: noteFormat, ...facts, through: 0 };
}

export async function writeNote(path: string, note: IndexNote): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(note, null, 2)}\n`);
}

/** The note at this path; undefined if nothing, or the file of an index, is there. */
export async function findNote(path: string): Promise<IndexNote | undefined> {
  const text = await readStart(path);
  if (!text?.startsWith('{')) return undefined;
  try {
    const note = JSON.parse(text) as IndexNote;
    return note.note === noteKind && note.format === noteFormat && typeof note.name === 'string' ? note : undefined;
  } catch {
    return undefined;
  }
}

/** @throws `KB_CORRUPT` */
export async function readNote(path: string): Promise<IndexNote> {
  const note = await findNote(path);
  if (note) return note;
  throw knowledgeBaseError('KB_CORRUPT', {
    what: `${path} does not say where the index of the knowledge base lives.`,
    why: 'It is missing, damaged, or was written by a newer version.',
    fix: 'Restore it from a copy, or make the index again from the vectors: `referent index move`.',
    details: { file: path },
  });
}

/** The whole of a small file; undefined for a large one, which is no note. */
async function readStart(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const stats = await file.stat();
    return stats.isFile() && stats.size <= longestNote ? await readFile(file, 'utf8') : undefined;
  } finally {
    await file.close();
  }
}

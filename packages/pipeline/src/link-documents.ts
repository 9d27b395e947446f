import type { LinkedMention, WorkOptions } from '@referent/core';
import { type Cutting, type Document, type LinkedDocument, lengthOf, type Task, tasksOf } from './document.js';
import type { Verdict } from './link-mentions.js';
import { timed } from './timed.js';

/** Links a batch of mentions, which may come from many documents. */
export type LinkTasks = (tasks: readonly Task[], options: WorkOptions) => Promise<Verdict[]>;

export interface StreamOptions {
  readonly cutting: Cutting;
  readonly linkTasks: LinkTasks;
  readonly batchSize: number;
}

/** A document that was read and not yet handed out. */
interface Open {
  readonly id: string;
  readonly length: number;
  readonly mentions: (LinkedMention | undefined)[];
  waiting: number;
  error?: Error;
}

interface Waiting {
  readonly open: Open;
  readonly place: number;
  readonly task: Task;
}

// Documents without mentions fill no batch, and long ones with few mentions fill it late: both must not pile up.
const mostOpenDocuments = 1024;
const mostOpenCharacters = 16 * 1024 * 1024;

/** A document this long, in UTF-16 positions or in batches, takes a while: it has a progress of its own. */
const longDocument = { characters: 1024 * 1024, batches: 8 };

/**
 * Links documents in the order in which they come. Batches are filled across documents; a document is read only when
 * the reader of the results wants more.
 */
export async function* linkDocuments(
  documents: AsyncIterable<Document> | Iterable<Document>,
  { cutting, linkTasks, batchSize }: StreamOptions,
  options: WorkOptions,
): AsyncGenerator<LinkedDocument, void, undefined> {
  const { signal, onProgress, ...inner } = options;
  const work: WorkOptions = { ...inner, signal };
  const queue: Open[] = [];
  let batch: Waiting[] = [];
  let characters = 0;
  let done = 0;

  async function flush(): Promise<void> {
    const full = batch;
    batch = [];
    await linkBatch(full, linkTasks, work);
  }

  function* finished(): Generator<LinkedDocument> {
    while (queue[0] && (queue[0].waiting === 0 || queue[0].error)) {
      const open = queue.shift()!;
      characters -= open.length;
      onProgress?.({ step: 'link documents', done: ++done, unit: 'documents' });
      const mentions = open.mentions as LinkedMention[];
      yield open.error ? { id: open.id, error: open.error } : { id: open.id, mentions };
    }
  }

  for await (const document of documents) {
    signal?.throwIfAborted();
    const { open, tasks } = await openDocument(document, cutting, options);
    queue.push(open);
    characters += open.length;
    const isLong = tasks.length > longDocument.batches * batchSize;
    for (const [place, task] of tasks.entries()) {
      if (open.error) break;
      batch.push({ open, place, task });
      if (batch.length < batchSize) continue;
      await flush();
      if (isLong) onProgress?.({ step: 'link mentions', done: place + 1, total: tasks.length, unit: 'mentions' });
    }
    if (queue.length >= mostOpenDocuments || characters >= mostOpenCharacters) await flush();
    yield* finished();
  }
  await flush();
  yield* finished();
}

async function openDocument(document: Document, cutting: Cutting, options: WorkOptions) {
  try {
    const length = document ? lengthOf(document) : 0;
    const { onProgress, ...quiet } = options;
    const work = length > longDocument.characters ? options : quiet;
    const tasks = await timed(
      'detect',
      work,
      (inner) => tasksOf(document, cutting, inner),
      (found) => found.length,
    );
    const open: Open = { id: document.id, length, mentions: [], waiting: tasks.length };
    return { open, tasks };
  } catch (error) {
    options.signal?.throwIfAborted();
    const open: Open = { id: String(document?.id ?? ''), length: 0, mentions: [], waiting: 0, error: asError(error) };
    return { open, tasks: [] };
  }
}

/** A batch that fails is taken apart, so that only the documents that make it fail are lost. */
async function linkBatch(batch: readonly Waiting[], linkTasks: LinkTasks, options: WorkOptions): Promise<void> {
  const live = batch.filter(({ open }) => !open.error);
  if (live.length === 0) return;
  try {
    const verdicts = await linkTasks(
      live.map(({ task }) => task),
      options,
    );
    live.forEach(({ open, place, task }, i) => {
      open.mentions[place] = { ...task.mention, ...verdicts[i]! };
      open.waiting--;
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    const documents = new Set(live.map(({ open }) => open));
    if (documents.size === 1) {
      live[0]!.open.error = asError(error);
      return;
    }
    for (const document of documents) {
      const own = live.filter(({ open }) => open === document);
      await linkBatch(own, linkTasks, options);
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}

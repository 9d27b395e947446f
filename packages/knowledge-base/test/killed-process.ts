import { writeFileSync } from 'node:fs';
import { isReferentError } from '@referent/core';
import type { IndexProvider } from '../src/index.js';
import { addEntities, buildKnowledgeBase, openEntitySource } from '../src/index.js';
import { createFakeEncoder, createFileIndexProvider, model } from './fakes.js';

/** What the parent asks of this process, as JSON in its first argument. */
export interface KilledWork {
  readonly kind: 'build' | 'add';
  readonly folder: string;
  readonly entities: string;
  /** Kills itself, as a power cut would, when so many steps have begun. 0: never. */
  readonly stepsToLive: number;
  /** Milliseconds that the encoder takes for a batch. */
  readonly encoderPause: number;
  /** Gets the word `done`, or the code of the error that stopped the work. */
  readonly done: string;
}

const work: KilledWork = JSON.parse(process.argv[2]!);
let steps = 0;
function step(): void {
  if (++steps === work.stepsToLive) process.kill(process.pid, 'SIGKILL');
}

const plain = createFileIndexProvider();
const watched = (open: IndexProvider['open']): IndexProvider['open'] => {
  return async (...given) => {
    step();
    const index = await open(...given);
    const { add, save } = index;
    index.add = async (...rows) => {
      step();
      await add(...rows);
    };
    index.save = async (path) => {
      step();
      await save!(path);
      step();
    };
    return index;
  };
};

const options = {
  folder: work.folder,
  sources: [await openEntitySource(work.entities)],
  encoder: createFakeEncoder(async () => {
    step();
    if (work.encoderPause > 0) await new Promise((resolve) => setTimeout(resolve, work.encoderPause));
  }),
  model,
  index: {
    ...plain,
    create: (size: number, context: Parameters<IndexProvider['create']>[1]) =>
      watched(() => plain.create(size, context))('', size, context),
    open: watched(plain.open),
  },
  readBatchSize: 20,
  encodeBatchSize: 20,
  onProgress: step,
};
try {
  if (work.kind === 'build') await buildKnowledgeBase({ ...options, commitSize: 40 });
  else await addEntities({ ...options, onDuplicate: 'replace' });
  writeFileSync(work.done, 'done');
} catch (error) {
  if (!isReferentError(error)) throw error;
  writeFileSync(work.done, error.code);
}

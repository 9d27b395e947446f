import { readFileSync, writeFileSync } from 'node:fs';
import { isReferentError } from '@referent/core';
import type { IndexProvider } from '../src/index.js';
import { addEntities, buildKnowledgeBase, openEntitySource, removeEntities } from '../src/index.js';
import { createFakeEncoder, createFileIndexProvider, model } from './fakes.js';

/** What the parent asks of a process, as JSON in its first argument. */
export interface KilledWork {
  /** `rebuild` replaces the knowledge base that is there; `complete` adds nothing new. */
  readonly kind: 'build' | 'rebuild' | 'add' | 'complete' | 'remove';
  readonly folder: string;
  /** A file of entities; for `remove`, of a list of ids. */
  readonly entities: string;
  /** Kills itself, as a power cut would, when so many steps have begun. 0: never. */
  readonly stepsToLive: number;
  /** Milliseconds that the encoder takes for a batch. */
  readonly encoderPause: number;
  /** Gets the word `done` and the number of steps, or the code of the error that stopped the work. */
  readonly done: string;
}

export function createSteps({ stepsToLive }: Pick<KilledWork, 'stepsToLive'>) {
  let steps = 0;
  return {
    get count() {
      return steps;
    },
    step(): void {
      if (++steps === stepsToLive) process.kill(process.pid, 'SIGKILL');
    },
  };
}

/** Does the work, counting every call of encoder and index and every report of progress as a step. */
export async function doKilledWork(
  work: KilledWork,
  steps = createSteps(work),
  plain: IndexProvider = createFileIndexProvider(),
): Promise<void> {
  const step = () => steps.step();
  const watched = (open: IndexProvider['open']): IndexProvider['open'] => {
    return async (...given) => {
      step();
      const index = await open(...given);
      const { add, save } = index;
      index.add = async (...rows) => {
        step();
        await add.call(index, ...rows);
        step();
      };
      if (save) {
        index.save = async (...to) => {
          step();
          await save.call(index, ...to);
          step();
        };
      }
      return index;
    };
  };
  const { folder } = work;
  const index: IndexProvider = {
    ...plain,
    create: (size, context) => watched(() => plain.create(size, context))('', size, context),
    open: watched(plain.open),
  };
  const common = { folder, index, onProgress: step };
  const sources = async () => [await openEntitySource(work.entities)];
  const reading = {
    ...common,
    encoder: createFakeEncoder(async () => {
      step();
      if (work.encoderPause > 0) await new Promise((resolve) => setTimeout(resolve, work.encoderPause));
    }),
    model,
    readBatchSize: 20,
    encodeBatchSize: 20,
  };
  try {
    if (work.kind === 'remove') {
      const ids: string[] = JSON.parse(readFileSync(work.entities, 'utf8'));
      await removeEntities({ ...common, ids });
    } else if (work.kind === 'add') {
      await addEntities({ ...reading, sources: await sources(), onDuplicate: 'replace' });
    } else if (work.kind === 'complete') {
      await addEntities({ ...reading, sources: [] });
    } else {
      const replace = work.kind === 'rebuild';
      await buildKnowledgeBase({ ...reading, sources: await sources(), commitSize: 40, replace });
    }
    writeFileSync(work.done, `done ${steps.count}`);
  } catch (error) {
    if (!isReferentError(error)) throw error;
    writeFileSync(work.done, error.code);
  }
}

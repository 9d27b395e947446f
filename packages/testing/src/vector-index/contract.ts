import type { VectorIndex } from '@referent/core';
import { expect } from 'vitest';
import { type ContractPromise, type KnownDivergences, testContract } from '../contract.js';
import { changingPromises } from './changing.js';
import { connectionPromises } from './connecting.js';
import { filteringPromises } from './filtering.js';
import { recallPromises } from './recall.js';
import { removingPromises } from './removing.js';
import { savingPromises } from './saving.js';
import { searchingPromises } from './searching.js';
import { storingPromises } from './storing.js';
import { updatingPromises } from './updating.js';

/** The methods of `VectorIndex` that a backend may lack. */
const optionalMethods = ['remove', 'update', 'save'] as const;

export interface VectorIndexContract {
  /** A new, empty index. The suite closes it. */
  create(dimensions: number): Promise<VectorIndex>;
  /** Optional methods that the backend has. The suite fails if the object disagrees. */
  readonly optional: readonly (typeof optionalMethods)[number][];
  /** Least recall@10 against exact search; 1 for an exact backend. */
  readonly minimumRecall: number;
  /** Largest error of a score, as a part of |query| |vector|: what quantization costs. @default 1e-5 */
  readonly scoreTolerance?: number;
  /** How to open again what `save` wrote. Required where `optional` has 'save'. */
  readonly saved?: SavedIndexContract;
  /** How to cut the connection to the server; 'none' where the index lives in this process. */
  readonly connection: ConnectedIndexContract | 'none';
  readonly knownDivergences?: KnownDivergences;
}

export interface SavedIndexContract {
  /** Opens a file for searching and adding, of this many dimensions or else with a coded error. */
  reopen(path: string, dimensions: number): Promise<VectorIndex>;
  /** Where the suite may write. `temporaryFiles()` of `@referent/testing/node` gives one. */
  readonly files: TestFiles;
}

export interface ConnectedIndexContract {
  /**
   * A new, empty index behind a connection that can be cut: through `createCuttableProxy` of `@referent/testing/node`.
   * Its time limits should be short: while the connection is cut, nobody answers. The suite closes the index.
   */
  create(dimensions: number): Promise<CuttableIndex>;
}

/** Counts and cuts what goes to the server. While it is cut, new connections are refused too. */
export interface CuttableIndex {
  readonly index: VectorIndex;
  /** Bytes that have been sent to the server so far, over all connections. */
  sentBytes(): number;
  /** Cuts everything as soon as so many more bytes have been sent; with 0 at once. */
  cutAfterSending(bytes: number): void;
  /** Lets so many more bytes through to the server, but no answer to the last of them: then it cuts everything. */
  cutBeforeAnswer(bytes: number): void;
  /** Lets everything through again. */
  restore(): void;
}

/** The few file operations that the suites need, so that they run wherever an index can save. */
export interface TestFiles {
  /** A path for a file of this name, in a folder of its own that exists. */
  path(name: string): Promise<string>;
  read(path: string): Promise<Uint8Array>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Names of the files in the folder of `path`. */
  siblings(path: string): Promise<string[]>;
  /** Runs `work` while no file can grow beyond so many bytes, as on a full disk. Absent where the system cannot do that. */
  withLimit?<T>(bytes: number, work: () => Promise<T>): Promise<T>;
}

/** Everything a `VectorIndex` promises. Each adapter calls this from its own test file. */
export function testVectorIndex(name: string, contract: VectorIndexContract): void {
  testContract(`VectorIndex contract: ${name}`, vectorIndexPromises(contract), contract.knownDivergences);
}

export function vectorIndexPromises(contract: VectorIndexContract): ContractPromise[] {
  return [
    {
      title: 'has exactly the optional methods it declares',
      body: async () => {
        const index = await contract.create(2);
        for (const method of optionalMethods) {
          expect([method, method in index]).toEqual([method, contract.optional.includes(method)]);
        }
        expect(contract.saved !== undefined, '`saved` must be given where and only where there is `save`').toBe(
          contract.optional.includes('save'),
        );
        await index.close();
      },
    },
    ...storingPromises(contract),
    ...changingPromises(contract),
    ...searchingPromises(contract),
    ...filteringPromises(contract),
    ...recallPromises(contract),
    ...(contract.optional.includes('remove') ? removingPromises(contract) : []),
    ...(contract.optional.includes('update') ? updatingPromises(contract) : []),
    ...(contract.connection === 'none' ? [] : connectionPromises(contract, contract.connection)),
    ...(contract.saved ? savingPromises(contract, contract.saved) : []),
  ];
}

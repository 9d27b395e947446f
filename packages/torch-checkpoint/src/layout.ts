import type { PickleValue, Storage } from './pickle/values.js';

/** What both serializations come down to. */
export interface Layout {
  readonly serialization: 'zip' | 'legacy';
  readonly root: PickleValue;
  /** Byte of the file at which a storage's numbers begin. */
  locate(storage: Storage): Promise<number>;
}

import type { Entity } from './entity.js';
import type { ReadOptions } from './work-options.js';

/** Hands out entities by their keys. Integer keys inside, string ids outside. */
export interface EntityStore {
  /** Entities stored now. */
  readonly size: number;
  /** In the order of `keys`; undefined for a key that is unknown or removed. */
  get(keys: Uint32Array | readonly number[], options?: ReadOptions): Promise<(Entity | undefined)[]>;
  /** In the order of `ids`; undefined for an id that is unknown or removed. */
  keysOf(ids: readonly string[], options?: ReadOptions): Promise<(number | undefined)[]>;
  /** All keys of a world, ascending. Empty for a world that is unknown. */
  keysOfWorld(world: string, options?: ReadOptions): Promise<Uint32Array>;
  close(): Promise<void>;
}

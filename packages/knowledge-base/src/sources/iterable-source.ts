import { assertKnownOptions, type Entity } from '@referent/core';
import { parseEntity } from './entity-record.js';
import type { EntitySource, ReadSourceOptions, SourceItem } from './source.js';

export interface EntitySourceOptions {
  /** Shown to people, and as the file of problems. */
  readonly name: string;
  /** Starts from the beginning each time it is called, in the same order each time. */
  readonly entities: () => Iterable<Entity> | AsyncIterable<Entity>;
  /** Equal as long as the entities are. @default the name */
  readonly identity?: Readonly<Record<string, unknown>>;
}

/** Entities from the user's own program: a list, a generator, a database cursor. */
export function createEntitySource({
  name,
  entities,
  identity = { name },
  ...unknown
}: EntitySourceOptions): EntitySource {
  assertKnownOptions('createEntitySource', unknown, ['name', 'entities', 'identity']);
  async function* read({ from, signal }: ReadSourceOptions = {}): AsyncGenerator<SourceItem> {
    let record = 0;
    for await (const given of entities()) {
      signal?.throwIfAborted();
      record++;
      if (from && record <= from.record) continue;
      const { entity, problem } = parseEntity(given);
      yield {
        file: name,
        line: record,
        position: { file: 0, record },
        bytes: 0,
        ...(entity && { entity }),
        ...(problem && { problem: { ...problem, file: name, line: record } }),
      };
    }
  }
  return { name, identity, read };
}

import type { Entity } from '@referent/core';

export const entityColumns = 'e.key, e.id, e.title, w.name, e.url, e.aliases, e.text';
export const entityTables = 'entities e LEFT JOIN worlds w ON w.number = e.world';

export type EntityRow = [
  key: number,
  id: string,
  title: string,
  world: string | null,
  url: string | null,
  aliases: string | null,
  text: string,
];

export function toEntity([, id, title, world, url, aliases, text]: EntityRow): Entity {
  return {
    id,
    title,
    text,
    ...aliasesFrom(aliases),
    ...(url !== null && { url }),
    ...(world !== null && { world }),
  };
}

/** The aliases of a row, where it has some. */
export function aliasesFrom(stored: string | null): Pick<Entity, 'aliases'> {
  return stored === null ? {} : { aliases: JSON.parse(stored) as string[] };
}

import { statfs } from 'node:fs/promises';
import { ReferentError } from '@referent/core';

/** @throws `DISK_SPACE` naming what is needed and what is there */
export async function assertFreeSpace(folder: string, neededBytes: number, purpose: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  throw new ReferentError('DISK_SPACE', {
    what: `${purpose} needs ${formatBytes(neededBytes)} of free disk space in ${folder}; there are ${formatBytes(freeBytes)}.`,
    fix: 'Free some space, or use a cache folder on another disk (REFERENT_CACHE for the command line).',
    details: { folder, neededBytes, freeBytes },
  });
}

export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}

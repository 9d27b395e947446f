import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The folder of a repository in a local Hugging Face hub cache (models--owner--name/refs, snapshots), or undefined.
 * Reads the disk only: nothing is downloaded.
 */
export async function findInHubCache(
  name: string,
  hubCacheFolder: string,
  revision = 'main',
): Promise<string | undefined> {
  if (!/^[\w.-]+\/[\w.-]+$/.test(name)) return undefined;
  const repository = join(hubCacheFolder, `models--${name.replace('/', '--')}`);
  try {
    const commit = (await readFile(join(repository, 'refs', revision), 'utf8')).trim();
    return join(repository, 'snapshots', commit);
  } catch {
    return undefined;
  }
}

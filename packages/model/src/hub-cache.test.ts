import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findInHubCache } from './hub-cache.js';

it('finds the snapshot that a reference names, and nothing for what is not there', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'referent-hub-'));
  try {
    const repository = join(cache, 'models--owner--some-model');
    await mkdir(join(repository, 'refs'), { recursive: true });
    await writeFile(join(repository, 'refs', 'main'), 'abc123\n');
    expect(await findInHubCache('owner/some-model', cache)).toBe(join(repository, 'snapshots', 'abc123'));
    expect(await findInHubCache('owner/other', cache)).toBeUndefined();
    expect(await findInHubCache('owner/some-model', cache, 'v2')).toBeUndefined();
    expect(await findInHubCache('../outside', cache)).toBeUndefined();
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
});

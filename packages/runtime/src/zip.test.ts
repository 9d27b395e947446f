import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeZip, type ZipMember } from '../test/make-zip.js';
import { temporaryFolder } from '../test/temporary-folder.js';
import { extractZip } from './zip.js';

function prepare(members: readonly ZipMember[]) {
  const folder = temporaryFolder();
  const archive = join(folder, 'archive.zip');
  writeFileSync(archive, makeZip(members));
  return { archive, folder: join(folder, 'out'), step: 'unpack' };
}

describe('extractZip', () => {
  it('unpacks the chosen members to where they belong, programs as programs', async () => {
    const options = prepare([
      { name: 'a/library.so', content: 'library' },
      { name: 'a/tool', content: 'tool', mode: 0o755 },
      { name: 'a/readme', content: 'left out' },
    ]);
    const done: number[] = [];
    await extractZip({
      ...options,
      select: (member) => (member === 'a/readme' ? undefined : member.replace('a/', 'b/c/')),
      onProgress: (progress) => done.push(progress.done / progress.total!),
    });
    expect(readFileSync(join(options.folder, 'b/c/library.so'), 'utf8')).toBe('library');
    expect(statSync(join(options.folder, 'b/c/tool')).mode & 0o777).toBe(0o755);
    expect(existsSync(join(options.folder, 'b/c/readme'))).toBe(false);
    expect(done.at(-1)).toBe(1);
  });

  it('mends what a killed run left half-written', async () => {
    const options = prepare([{ name: 'file', content: 'whole' }]);
    const select = (member: string) => member;
    await extractZip({ ...options, select });
    writeFileSync(join(options.folder, 'file'), 'wh');
    await extractZip({ ...options, select });
    expect(readFileSync(join(options.folder, 'file'), 'utf8')).toBe('whole');
  });

  it('refuses a truncated archive, and members that would land elsewhere', async () => {
    const options = prepare([{ name: 'file', content: 'whole' }]);
    const outside = extractZip({ ...options, select: () => '../../elsewhere' });
    await expect(outside).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    writeFileSync(options.archive, readFileSync(options.archive).subarray(0, 40));
    const truncated = extractZip({ ...options, select: (member) => member });
    await expect(truncated).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    const climbing = prepare([{ name: '../file', content: '' }]);
    await expect(extractZip({ ...climbing, select: (member) => member })).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
    });
  });
});

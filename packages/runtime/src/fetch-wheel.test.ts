import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fakeProgram } from '../test/fake-program.js';
import { serveFile } from '../test/file-server.js';
import { temporaryFolder } from '../test/temporary-folder.js';
import { fetchWheel, type WheelPin } from './fetch-wheel.js';

const content = Buffer.from('the wheel'.repeat(1000));
const pin: WheelPin = {
  name: 'some-package',
  version: '1.2.3',
  file: 'some_package-1.2.3-py3-none-any.whl',
  platforms: ['any'],
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: content.length,
  unpackedBytes: content.length,
};

interface FakePip {
  /** What `pip install --report` names; undefined: this pip knows no report. */
  readonly url?: string;
  /** What `pip download` brings; undefined: it fails. */
  readonly download?: string;
}

/** A python3 whose pip answers as told, and notes how it was called. */
function prepare({ url, download }: FakePip) {
  const folder = temporaryFolder();
  const calls = join(folder, 'calls');
  const python = fakeProgram(
    folder,
    'python3',
    `
    const fs = require('node:fs');
    fs.appendFileSync(${JSON.stringify(calls)}, args.join(' ') + '\\n');
    const url = ${JSON.stringify(url ?? null)}, download = ${JSON.stringify(download ?? null)};
    if (args.includes('install')) {
      if (url === null) { console.error('no such option: --report'); process.exit(2); }
      console.log(JSON.stringify({ install: [{ download_info: { url } }] }));
    } else {
      if (download === null) { console.error('no network'); process.exit(1); }
      if (!process.env.TMPDIR) process.exit(3);
      fs.copyFileSync(download, args[args.indexOf('--dest') + 1] + '/${pin.file}');
    }`,
  );
  const original = join(folder, 'original.whl');
  writeFileSync(original, content);
  return {
    folder: join(folder, 'downloads'),
    original,
    options: { pin, python, folder: join(folder, 'downloads') },
    calls,
  };
}

describe('fetchWheel', () => {
  it('downloads from where pip points, for the platform of the pin', async () => {
    const { url } = await serveFile({ content });
    const { options, calls } = prepare({ url });
    const file = await fetchWheel(options);
    expect(file).toBe(join(options.folder, pin.file));
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(readFileSync(calls, 'utf8')).toContain('--platform any some-package==1.2.3');
    await fetchWheel(options);
    expect(readFileSync(calls, 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('copies a file of a local folder', async () => {
    const folder = temporaryFolder();
    const original = join(folder, 'original.whl');
    writeFileSync(original, content);
    const { options } = prepare({ url: pathToFileURL(original).href });
    expect(readFileSync(await fetchWheel(options)).equals(content)).toBe(true);
    expect(existsSync(original)).toBe(true);
  });

  it.each([
    ['this pip cannot say where', undefined],
    ['only pip gets through', 'http://127.0.0.1:9/file.whl'],
    ['the address has a password', 'https://user:secret@127.0.0.1:9/file.whl'],
    ['the address is of another kind', 'git+https://127.0.0.1:9/file.git'],
  ])('leaves it to pip where %s', { timeout: 20_000 }, async (_, url) => {
    const source = join(temporaryFolder(), 'source.whl');
    writeFileSync(source, content);
    const { options } = prepare({ ...(url && { url }), download: source });
    const steps: number[] = [];
    const file = await fetchWheel({ ...options, onProgress: ({ done }) => steps.push(done) });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(steps.length).toBeGreaterThan(0);
    expect(readdirSync(options.folder)).toEqual([pin.file]);
  });

  it('refuses another file, whoever brings it', async () => {
    const other = join(temporaryFolder(), 'other.whl');
    writeFileSync(other, 'other');
    for (const pip of [{ url: pathToFileURL(other).href }, { download: other }]) {
      const { options } = prepare(pip);
      await expect(fetchWheel(options)).rejects.toMatchObject({ code: 'DOWNLOAD_CHECKSUM' });
      expect(readdirSync(options.folder)).toEqual([]);
    }
  });

  it('says that the package cannot be had', async () => {
    const { options } = prepare({});
    await expect(fetchWheel(options)).rejects.toMatchObject({
      code: 'WHEEL_UNAVAILABLE',
      why: expect.stringContaining('no network'),
    });
  });

  it('says that pip is missing', async () => {
    const folder = temporaryFolder();
    const bare = fakeProgram(folder, 'python3', `console.error('No module named pip'); process.exit(1);`);
    for (const python of [bare, join(folder, 'no-python')]) {
      await expect(fetchWheel({ pin, folder, python })).rejects.toMatchObject({
        code: 'PIP_MISSING',
        fix: expect.stringContaining('python3-pip'),
      });
    }
  });
});

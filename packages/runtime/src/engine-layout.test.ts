import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engineFolder, placeOfMember, wheelsFor } from './engine-layout.js';

const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };

describe('wheelsFor', () => {
  it('knows what each supported machine needs', () => {
    expect(wheelsFor('cpu', linux).map(({ name }) => name)).toEqual(['tensorflow-cpu']);
    expect(wheelsFor('cpu', { ...linux, arch: 'arm64' }).map(({ name }) => name)).toEqual(['tensorflow']);
    const gpu = wheelsFor('gpu', linux).map(({ name }) => name);
    expect(gpu).toContain('tensorflow');
    expect(gpu).toContain('nvidia-cudnn-cu12');
    for (const { sha256 } of wheelsFor('gpu', linux)) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['cpu', { platform: 'darwin', arch: 'arm64' }],
    ['cpu', { platform: 'win32', arch: 'x64' }],
    ['cpu', { platform: 'linux', arch: 'x64', glibc: undefined }],
    ['gpu', { ...linux, arch: 'arm64' }],
  ] as const)('says what to do instead: %s on %j', (kind, host) => {
    expect(() => wheelsFor(kind, host)).toThrow(
      expect.objectContaining({
        code: 'ENGINE_UNSUPPORTED_PLATFORM',
        fix: expect.stringContaining('@tensorflow/tfjs-node'),
      }),
    );
  });
});

describe('engineFolder', () => {
  it('differs for all that makes another engine', () => {
    const hosts = [linux, { ...linux, arch: 'arm64' }];
    const folders = hosts.flatMap((host) => (['cpu', 'gpu'] as const).map((kind) => engineFolder('/c', kind, host)));
    expect(new Set(folders).size).toBe(4);
    expect(folders[0]).toMatch(/^\/c\/engines\/tfjs-node-4\.22\.0-tensorflow-2\.18\.1-cpu-linux-x64-r\d+$/);
  });
});

describe('placeOfMember', () => {
  it.each([
    'tensorflow/libtensorflow_cc.so.2',
    'tensorflow/libtensorflow_framework.so.2',
    'tensorflow/include/tensorflow/c/c_api.h',
    'nvidia/cudnn/lib/libcudnn.so.9',
    'nvidia/cuda_nvcc/bin/ptxas',
  ])('keeps %s', (member) => expect(placeOfMember(member)).toBe(member));

  it('keeps the licenses together', () => {
    const member = 'nvidia_cudnn_cu12-9.3.0.75.dist-info/License.txt';
    expect(placeOfMember(member)).toBe(join('licenses', member));
    expect(placeOfMember('tensorflow/THIRD_PARTY_NOTICES.txt')).toBe('licenses/tensorflow/THIRD_PARTY_NOTICES.txt');
  });

  it.each([
    'tensorflow/python/_pywrap_tensorflow_internal.so',
    'tensorflow/include/tensorflow/cc/ops.h',
    'nvidia/cudnn/include/cudnn.h',
    'nvidia/cudnn/lib/__init__.py',
    'tensorflow_cpu-2.18.1.dist-info/RECORD',
  ])('leaves out %s', (member) => expect(placeOfMember(member)).toBeUndefined());
});

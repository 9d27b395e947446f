import { describe, expect, it } from 'vitest';
import type { DoctorFacts } from './doctor.js';
import { adviceFor } from './doctor-advice.js';
import { modelFacts } from './fetch-model.js';

const chosen = {
  kind: 'tfjs-node',
  source: 'cache',
  tfjsVersion: '4.22.0',
  gpu: false,
  threads: 2,
  precision: 'float32',
  precisionReason: '',
  notes: [],
} as const;
const well: DoctorFacts = {
  nodeVersion: '20.20.2',
  machine: {
    platform: 'linux',
    arch: 'x64',
    glibc: '2.36',
    cpuModel: 'some CPU',
    cpuFlags: [],
    cores: 2,
    memoryBytes: 8e9,
  },
  engines: [],
  chosen,
  cacheFolder: '/cache',
  cacheBytes: 1e9,
  tools: [{ name: 'npm', version: '11' }, { name: 'python3', version: '3.11' }, { name: 'pip' }, { name: 'g++' }],
  models: [{ ...modelFacts('all-minilm-l6-v2'), cached: true }],
};
const { chosen: _, ...withoutEngine } = well;
const wasm = { ...well, chosen: { ...chosen, kind: 'wasm', source: 'bundled' } } as const;

describe('adviceFor', () => {
  it('has nothing to say where all is well', () => {
    expect(adviceFor(well)).toEqual([]);
  });

  it('leads from WebAssembly to TensorFlow, over the tools that are missing', () => {
    expect(adviceFor(wasm)).toEqual([
      {
        problem: 'pip and g++ must be installed before TensorFlow can be set up.',
        fix: 'For example: apt-get install python3-pip g++',
      },
      { problem: expect.stringContaining('WebAssembly'), fix: 'referent setup' },
    ]);
    const mac = { ...wasm, machine: { ...well.machine, platform: 'darwin', glibc: undefined } };
    expect(adviceFor(mac)).toEqual([
      {
        problem: expect.stringContaining('WebAssembly'),
        fix: expect.stringContaining('npm install @tensorflow/tfjs-node'),
      },
    ]);
  });

  it('explains an engine that cannot be loaded, and one that does not start', () => {
    const found = {
      kind: 'cpu',
      packageName: '@tensorflow/tfjs-node',
      folder: '/p',
      defect: 'its addon is missing',
    } as const;
    const engines = [
      { ...found, source: 'project' },
      { ...found, source: 'cache' },
    ] as const;
    expect(adviceFor({ ...well, engines }).map(({ fix }) => fix)).toEqual([
      'npm rebuild @tensorflow/tfjs-node, or referent setup',
      'Delete /p, then: referent setup',
    ]);
    const broken = { ...withoutEngine, startError: { code: 'ENGINE_MISSING', message: 'None is there.' } };
    expect(adviceFor(broken)[0]).toEqual({
      problem: 'The engine does not start: None is there.',
      fix: 'referent setup',
    });
  });

  it('points to a GPU that is not used, and to a driver that is missing', () => {
    expect(adviceFor({ ...well, nvidiaGpu: 'some GPU' })).toEqual([
      { problem: 'The GPU is not used: some GPU.', fix: 'referent setup --engine gpu' },
    ]);
    const withoutGpu = { ...well, chosen: { ...chosen, kind: 'tfjs-node-gpu' } } as const;
    expect(adviceFor(withoutGpu)[0]!.fix).toContain('Install the NVIDIA driver');
    expect(adviceFor({ ...withoutGpu, nvidiaGpu: 'some GPU' })[0]!.fix).toContain('too old');
    expect(
      adviceFor({ ...well, nvidiaGpu: 'some GPU', chosen: { ...chosen, kind: 'tfjs-node-gpu', gpu: true } }),
    ).toEqual([]);
  });

  it('names an old Node', () => {
    expect(adviceFor({ ...well, nodeVersion: '20.18.3' })[0]!.fix).toContain('20.19');
  });

  it('does not ask for encoders that are only wanted by name', () => {
    expect(adviceFor({ ...well, models: [{ ...modelFacts('all-minilm-l6-v2'), cached: false }] })).toEqual([]);
  });
});

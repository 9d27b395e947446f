import type { DoctorReport } from '@referent/runtime';
import pc from 'picocolors';
import { expect, it } from 'vitest';
import { formatReport } from './doctor.js';

const colors = pc.createColors(false);

const healthy: DoctorReport = {
  nodeVersion: '22.1.0',
  machine: {
    platform: 'linux',
    arch: 'x64',
    glibc: '2.36',
    cpuModel: 'Some CPU',
    cpuFlags: ['avx2', 'avx512_bf16'],
    cores: 8,
    memoryBytes: 32e9,
  },
  engines: [{ kind: 'cpu', packageName: '@tensorflow/tfjs-node', source: 'cache', folder: '/cache/tfjs-node' }],
  chosen: {
    kind: 'tfjs-node',
    source: 'cache',
    folder: '/cache/tfjs-node',
    tfjsVersion: '4.22.0',
    tensorflowVersion: '2.18.1',
    gpu: false,
    threads: 8,
    precision: 'bfloat16',
    precisionReason: 'twice as fast',
    measurement: {
      float32Gflops: 400.4,
      float32Milliseconds: 2,
      reduced: 'bfloat16',
      reducedGflops: 812,
      reducedMilliseconds: 1,
    },
    notes: [],
  },
  cacheFolder: '/cache',
  cacheBytes: 1.8e9,
  tools: [
    { name: 'npm', version: '10.0.0' },
    { name: 'g++', version: '12.2.0' },
  ],
  models: [
    {
      name: 'all-minilm-l6-v2',
      title: 'all-MiniLM-L6-v2',
      license: 'Apache-2.0',
      origin: 'here',
      downloadBytes: 80e6,
      cached: true,
    },
  ],
  advice: [],
};

it('shows what was found, how fast it is, and that nothing is missing', () => {
  const text = formatReport(healthy, colors);
  for (const words of [
    '22.1.0 (linux x64)',
    'Some CPU, 8 cores',
    '✓ set up by Referent, /cache/tfjs-node',
    'tfjs-node (TensorFlow 2.18.1, tfjs 4.22.0), 8 threads, on the CPU',
    'bfloat16: twice as fast',
    '400 in float32, 812 in bfloat16',
    '✓ comes with Referent',
    '✓ Apache-2.0',
    '✓ 12.2.0',
    '1.8 GB',
    '✓ Nothing is missing.',
  ]) {
    expect(text).toContain(words);
  }
});

it('keeps the columns of a section straight, however long a name is', () => {
  const models = [...healthy.models, { ...healthy.models[0]!, cached: false }].map((model, i) => ({
    ...model,
    name: (i === 0 ? 'short' : 'a-very-long-model-name') as typeof model.name,
  }));
  const lines = formatReport({ ...healthy, models }, colors).split('\n');
  const columns = lines.filter((line) => /short|very-long/.test(line)).map((line) => line.search(/✓|not fetched/));
  expect(columns).toHaveLength(2);
  expect(new Set(columns).size).toBe(1);
});

it('shows defects and missing things, why nothing starts, and what to do', () => {
  const { chosen: _, ...rest } = healthy;
  const text = formatReport(
    {
      ...rest,
      engines: [{ ...healthy.engines[0]!, source: 'project', defect: 'it was built for another Node' }],
      startError: { code: 'ENGINE_MISSING', message: 'No TensorFlow can be used.' },
      tools: [{ name: 'g++' }],
      models: [{ ...healthy.models[0]!, cached: false }],
      advice: [{ problem: 'g++ must be installed.', fix: 'apt-get install g++' }],
    },
    colors,
  );
  expect(text).toContain('✗ of your project: it was built for another Node');
  expect(text).toContain('✗ No TensorFlow can be used.');
  expect(text).toContain('✗ not found');
  expect(text).toContain('not fetched; --model all-minilm-l6-v2 does it (80.0 MB)');
  expect(text).toContain('! g++ must be installed.\n  fix: apt-get install g++');
  expect(text).not.toContain('Nothing is missing');
});

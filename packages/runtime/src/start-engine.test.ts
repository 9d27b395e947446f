import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEagerEngine } from '@referent/tensor-ops';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.js';
import { probeNumbers, probeOperations, probeProgram, probeWeights } from './probe-program.js';
import { startEngine } from './start-engine.js';

function logger() {
  return { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };
}

describe('startEngine', () => {
  it('falls back to WebAssembly, which computes, and says what is lost', async () => {
    const log = logger();
    const engine = await startEngine({ cacheFolder: temporaryFolder(), logger: log });
    expect(engine.info).toMatchObject({ kind: 'wasm', source: 'bundled', precision: 'float32', gpu: false });
    expect(engine.info.notes).toEqual([expect.stringContaining('referent setup')]);
    expect(log.warn).toHaveBeenCalledTimes(1);
    const executable = await engine.compile(probeProgram, probeWeights);
    const x = { shape: [2, 3, 384], data: probeNumbers(2 * 3 * 384) };
    const mask = { shape: [2, 3], data: Int32Array.of(1, 1, 0, 1, 1, 1) };
    const { y } = await executable.run({ x, mask });
    expect(y!.shape).toEqual([2, 3, 384]);
    vi.spyOn(console, 'warn').mockImplementation(() => {}); // this backend recommends another one
    await import('@tensorflow/tfjs-backend-cpu');
    await engine.tf.setBackend('cpu');
    const twin = await createEagerEngine({ tf: engine.tf }).compile(probeProgram, probeWeights);
    const expected = (await twin.run({ x, mask })).y!.data;
    expect(Math.max(...y!.data.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5);
    await engine.tf.setBackend('wasm');
    await twin.close();
    vi.restoreAllMocks();
    await engine.close();
    await engine.close();
  });

  it('says nothing is lost when WebAssembly is asked for', async () => {
    const engine = await startEngine({ engine: 'wasm', cacheFolder: temporaryFolder() });
    expect(engine.info.notes).toEqual([]);
    await engine.close();
  });

  it.each(['cpu', 'gpu'] as const)('refuses to replace the %s that was asked for', async (engine) => {
    await expect(startEngine({ engine, cacheFolder: temporaryFolder() })).rejects.toMatchObject({
      code: 'ENGINE_MISSING',
      fix: expect.stringContaining(`npm install @tensorflow/tfjs-node${engine === 'gpu' ? '-gpu' : ''} `),
    });
  });

  it('explains why the one of the project cannot be used', async () => {
    const projectFolder = temporaryFolder();
    const folder = join(projectFolder, 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(join(folder, 'lib', 'napi-v8'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "name": "@tensorflow/tfjs-node", "main": "index.js" }');
    writeFileSync(join(folder, 'index.js'), 'throw new Error("built for another machine")');
    writeFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
    const options = { cacheFolder: temporaryFolder(), projectFolder };
    await expect(startEngine({ ...options, engine: 'cpu' })).rejects.toMatchObject({
      code: 'ENGINE_MISSING',
      why: expect.stringContaining('built for another machine'),
    });
    const engine = await startEngine(options);
    expect(engine.info.notes[0]).toContain('built for another machine');
    await engine.close();
  });

  it('refuses a precision that WebAssembly lacks', async () => {
    const starting = startEngine({ engine: 'wasm', precision: 'bfloat16', cacheFolder: temporaryFolder() });
    await expect(starting).rejects.toMatchObject({ code: 'ENGINE_PRECISION_UNSUPPORTED' });
  });
});

describe('the speed probe', () => {
  it('counts its operations: a layer of MiniLM on 1,024 tokens', () => {
    // 12 H^2 multiply-adds per token for the matrices, 2 T H for the attention.
    expect(probeOperations([8, 128, 384])).toBe(2 * 1024 * (12 * 384 * 384 + 2 * 128 * 384));
  });
});

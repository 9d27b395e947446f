import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { HostPlatform } from './engine-layout.js';
import { thisHost } from './host.js';

/** What a computation's speed depends on. */
export interface Machine extends HostPlatform {
  readonly cpuModel: string;
  /** Instruction sets that TensorFlow's fast kernels ask for, of those this CPU has. Empty where the system does not tell. */
  readonly cpuFlags: readonly string[];
  /** Logical cores that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
}

const interestingFlags = ['avx2', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'avx512_fp16', 'amx_bf16', 'amx_int8'];
const interestingFeatures = ['asimd', 'asimddp', 'bf16', 'i8mm', 'sve'];

export async function describeMachine(): Promise<Machine> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => ''); // Linux only
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/));
  return {
    ...thisHost(),
    cpuModel: cpus()[0]?.model.trim() || 'unknown',
    cpuFlags: [...interestingFlags, ...interestingFeatures].filter((flag) => flags.has(flag)),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

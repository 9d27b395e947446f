import { homedir } from 'node:os';
import { defaultCacheFolder, type StartedEngine, startEngine } from '@referent/runtime';
import type { Precision } from '@referent/tensor-ops';

export const cacheFolder = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });

/** The engine that `referent setup` built, as `npm test` does before the tests. */
export function startNative(precision: Precision): Promise<StartedEngine> {
  return startEngine({ engine: 'cpu', precision, cacheFolder });
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x).reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

import type { WorkOptions } from '@referent/core';

/**
 * Runs a stage and reports how long it took, less what the stages inside it reported themselves: the times of a
 * profile add up to the whole.
 */
export async function timed<O extends WorkOptions, T>(
  stage: string,
  options: O,
  work: (options: O) => Promise<T>,
  /** Mentions that the stage works on; from its result where it finds them. */
  mentions?: number | ((result: T) => number),
): Promise<T> {
  const { onTiming } = options;
  if (!onTiming) return work(options);
  let inside = 0;
  const start = performance.now();
  const result = await work({
    ...options,
    onTiming: (inner: string, milliseconds: number, mentionsInside?: number) => {
      inside += milliseconds;
      onTiming(inner, milliseconds, mentionsInside);
    },
  });
  const count = typeof mentions === 'function' ? mentions(result) : mentions;
  onTiming(stage, Math.max(0, performance.now() - start - inside), count);
  return result;
}

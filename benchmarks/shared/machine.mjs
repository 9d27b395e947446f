import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';

/** What a figure depends on, without saying whose machine it is. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    cpuFeatures: cpuFeatures(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()}-${arch()}`,
    node: process.version.slice(1),
  };
}

/** Work waiting for a core, over the last minute: above the number of cores, times are too long. */
export function currentLoad() {
  return Number(loadavg()[0].toFixed(2));
}

/** The commit that was measured, with "+" where files had changed since. */
export function measuredCommit(folder) {
  const git = (...args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'packages', 'apps', 'package-lock.json');
  return git('rev-parse', '--short', 'HEAD') + (changed === '' ? '' : '+');
}

/** The ones that decide how fast matrix products are. */
function cpuFeatures() {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(' ') ?? [];
    return flags.filter((flag) => /^(avx2|avx512f|avx512_bf16|avx512_vnni|amx_bf16|amx_int8)$/.test(flag));
  } catch {
    return [];
  }
}

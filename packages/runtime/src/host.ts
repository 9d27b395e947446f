import type { HostPlatform } from './engine-layout.js';

/** The machine that this process runs on. */
export function thisHost(): HostPlatform {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return { platform: process.platform, arch: process.arch, glibc: report.header?.glibcVersionRuntime };
}

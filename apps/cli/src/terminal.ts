import pc from 'picocolors';
import type { Io, Output } from './io.js';

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours on a terminal, none elsewhere; NO_COLOR and FORCE_COLOR decide where they are set. */
export function colorsFor(output: Output, env: Io['env']): Colors {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== '';
  return pc.createColors(!env.NO_COLOR && (forced || (output.isTTY === true && env.TERM !== 'dumb')));
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Columns to write to; some terminals say that they have none. */
export function widthOf({ columns }: Output, otherwise: number): number {
  return columns || otherwise;
}

/** "1 entity", "2 entities". */
export function formatAmount(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${Math.round(count) === 1 ? one : many}`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** "0.4 s", "12 s", "3 min 20 s", "2 h 5 min". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

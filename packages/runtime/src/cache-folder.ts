import { posix, win32 } from 'node:path';

export interface CacheFolderOptions {
  /** The environment of the process, as the app sees it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `process.platform`. */
  readonly platform: string;
  /** The user's home folder. */
  readonly home: string;
}

/**
 * Where engines, models and graphs are kept for this user: `REFERENT_CACHE` if it is set, else the place that the
 * platform means for such files. Pure: the app passes the environment in.
 */
export function defaultCacheFolder({ env, platform, home }: CacheFolderOptions): string {
  if (env.REFERENT_CACHE) return env.REFERENT_CACHE;
  if (platform === 'win32') {
    return win32.join(env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), 'referent', 'cache');
  }
  // The XDG specification: a relative path counts as not set.
  if (env.XDG_CACHE_HOME && posix.isAbsolute(env.XDG_CACHE_HOME)) return posix.join(env.XDG_CACHE_HOME, 'referent');
  if (platform === 'darwin') return posix.join(home, 'Library', 'Caches', 'referent');
  return posix.join(home, '.cache', 'referent');
}

import { homedir } from 'node:os';
import { join } from 'node:path';

/** This user's cache folder of Referent: as @referent/runtime's defaultCacheFolder, which is TypeScript and may not be built yet. */
export function cacheFolder() {
  const { REFERENT_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const places = {
    darwin: join(homedir(), 'Library', 'Caches', 'referent'),
    win32: join(LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'referent', 'cache'),
  };
  const xdg = XDG_CACHE_HOME?.startsWith('/') ? join(XDG_CACHE_HOME, 'referent') : undefined;
  return REFERENT_CACHE || (xdg ?? places[process.platform] ?? join(homedir(), '.cache', 'referent'));
}

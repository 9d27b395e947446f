import { describe, expect, it } from 'vitest';
import { defaultCacheFolder } from './cache-folder.js';

describe('defaultCacheFolder', () => {
  it.each([
    ['linux', {}, '/home/u', '/home/u/.cache/referent'],
    ['linux', { XDG_CACHE_HOME: '/var/x' }, '/home/u', '/var/x/referent'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/u', '/home/u/.cache/referent'],
    ['linux', { XDG_CACHE_HOME: '/var/x', REFERENT_CACHE: '/mine' }, '/home/u', '/mine'],
    ['linux', { REFERENT_CACHE: '' }, '/home/u', '/home/u/.cache/referent'],
    ['darwin', {}, '/Users/u', '/Users/u/Library/Caches/referent'],
    ['win32', {}, 'C:\\Users\\u', 'C:\\Users\\u\\AppData\\Local\\referent\\cache'],
    ['win32', { LOCALAPPDATA: 'D:\\local' }, 'C:\\Users\\u', 'D:\\local\\referent\\cache'],
  ])('on %s with %j is in %s', (platform, env, home, expected) => {
    expect(defaultCacheFolder({ env, platform, home })).toBe(expected);
  });
});

import { execFileSync } from 'node:child_process';

/** For servers that refuse to run as root: the user and group that they run as instead; nothing for any other user. */
export function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

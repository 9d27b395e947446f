import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { devNull } from 'node:os';
import { createSteps, doKilledWork } from '../../packages/knowledge-base/test/killed-work.js';
import { indexProviderOf, type KilledRound } from './killed-round.js';

// Besides what doKilledWork counts, every change of a file is a step, before and after it; and a write may be cut off.

const work: KilledRound = JSON.parse(process.argv[2]!);
const steps = createSteps(work);
type Change = (...given: never[]) => Promise<unknown>;

for (const name of ['rename', 'rm', 'mkdir', 'writeFile', 'open'] as const) {
  const change = fs[name] as Change;
  const watched: Change = async (...given) => {
    steps.step();
    const result = await change(...given);
    steps.step();
    return result;
  };
  Object.assign(fs, { [name]: watched });
}

const handle = await fs.open(devNull);
const file: Pick<FileHandle, 'write' | 'writeFile' | 'sync' | 'datasync' | 'truncate'> = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ['write', 'writeFile', 'sync', 'datasync', 'truncate'] as const) {
  const change = file[name] as Change;
  const watched: Change = async function (this: FileHandle, ...given) {
    steps.step();
    const [bytes, start, end, position] = given as unknown[];
    if (name === 'write' && bytes instanceof Uint8Array && typeof end === 'number' && end > 1) {
      const half = Math.floor(end / 2);
      const first = [bytes, start, half, position] as never[];
      const { bytesWritten } = (await change.apply(this, first)) as { bytesWritten: number };
      steps.step();
      return { bytesWritten };
    }
    const result = await change.apply(this, given);
    steps.step();
    return result;
  };
  Object.assign(file, { [name]: watched });
}
syncBuiltinESMExports();

await doKilledWork(work, steps, indexProviderOf(work.backend));

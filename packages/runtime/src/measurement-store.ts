import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@referent/core';
import type { SpeedMeasurement } from './precision-choice.js';

export interface MeasurementStore {
  read(key: string): Promise<SpeedMeasurement | undefined>;
  write(key: string, measurement: SpeedMeasurement): Promise<void>;
}

/** What was measured once on this machine, in one small file of the cache folder. A damaged file counts as empty. */
export function createMeasurementStore(cacheFolder: string, logger: Logger): MeasurementStore {
  const file = join(cacheFolder, 'measurements.json');
  const readAll = async (): Promise<Record<string, SpeedMeasurement>> => {
    try {
      const content: unknown = JSON.parse(await readFile(file, 'utf8'));
      return typeof content === 'object' && content !== null ? (content as Record<string, SpeedMeasurement>) : {};
    } catch {
      return {};
    }
  };
  return {
    async read(key) {
      const found = (await readAll())[key];
      return typeof found?.float32Milliseconds === 'number' ? found : undefined;
    },
    async write(key, measurement) {
      try {
        await mkdir(cacheFolder, { recursive: true });
        const content = JSON.stringify({ ...(await readAll()), [key]: measurement }, undefined, 2);
        const part = `${file}.${process.pid}.part`;
        await writeFile(part, `${content}\n`);
        await rename(part, file);
      } catch (error) {
        logger.debug(`The measured speed could not be remembered in ${file}: ${(error as Error).message}`);
      }
    },
  };
}

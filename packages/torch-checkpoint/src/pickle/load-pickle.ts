import { fileOf } from '../byte-source.js';
import { corrupt, overLimit, truncated } from '../errors.js';
import type { ByteSource } from '../types.js';
import { PickleEnded } from './cursor.js';
import { type Unpickled, unpickle } from './unpickle.js';

const firstWindow = 2 ** 18;
const longestPickle = 32 * 2 ** 20;

/**
 * One pickle that begins at `start` and ends before `limit`. How long it is stands nowhere, so a window of the file is
 * tried that grows until the pickle ends in it.
 * @throws `TORCH_TRUNCATED` the file ends first
 * @throws `TORCH_CORRUPT` `limit` comes first, or what `unpickle` throws
 */
export async function loadPickle(source: ByteSource, start: number, limit = source.size): Promise<Unpickled> {
  for (let window = firstWindow; ; window *= 4) {
    const length = Math.min(window, longestPickle, limit - start);
    const bytes = await source.read(start, length);
    try {
      const { end, ...unpickled } = unpickle(bytes, 0, fileOf(source));
      return { ...unpickled, end: start + end };
    } catch (error) {
      if (!(error instanceof PickleEnded)) throw error;
    }
    if (length === source.size - start) throw truncated(fileOf(source), source.size);
    if (length === limit - start) throw corrupt(fileOf(source), 'Its pickle does not end');
    if (length === longestPickle) throw overLimit(fileOf(source), 'its pickle does not end', longestPickle);
  }
}

import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of float32 rows, as a knowledge base keeps its vectors: the key of a row is its number. */
export function rowFile(path, dimensions) {
  const file = openSync(path, 'r');
  const rowBytes = dimensions * 4;
  return {
    count: Math.floor(fstatSync(file).size / rowBytes),
    rows(from, count) {
      const data = new Float32Array(count * dimensions);
      readSync(file, Buffer.from(data.buffer), 0, data.byteLength, from * rowBytes);
      return { data, count };
    },
    store: {
      dimensions,
      async read(keys, { into = new Float32Array(keys.length * dimensions) } = {}) {
        const data = into.subarray(0, keys.length * dimensions);
        const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
        for (let row = 0; row < keys.length; row++) {
          readSync(file, bytes, row * rowBytes, rowBytes, keys[row] * rowBytes);
        }
        return { data, count: keys.length };
      },
    },
    close: () => closeSync(file),
  };
}

export function readQueries(path, dimensions) {
  const bytes = readFileSync(path);
  const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return { data, count: data.length / dimensions };
}

export const readTruth = (work) => JSON.parse(readFileSync(join(work, 'truth.json'), 'utf8'));

/** Processor time of this process, all threads together: hardly feels what else runs on the machine. */
export function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The most memory that the process had since the last reset, mapped pages of files included. Linux only. */
export const peakBytes = () => memory('VmHWM');
export const residentBytes = () => memory('VmRSS');
/** Without what is mapped from files. */
export const anonymousBytes = () => memory('RssAnon');

function memory(field) {
  try {
    return 1024 * Number(new RegExp(`${field}:\\s*(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return null;
  }
}

export function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then the peak of the search includes that of the start.
  }
}

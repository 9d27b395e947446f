// One piece of work in a process of its own, so that its peak memory is its own: convert FILE OUT, or rows FILE.
import { openTorchFile, writeSafetensorsFile } from '@referent/torch-checkpoint/node';

const [what, path, out] = process.argv.slice(2);
const started = performance.now();
const file = await openTorchFile(path);
const opened = performance.now();
let bytes = 0;
if (what === 'convert') {
  await writeSafetensorsFile(out, file, { onProgress: ({ done }) => (bytes = done) });
} else {
  for await (const { data } of file.rowBlocks('')) bytes += data.byteLength;
}
const ended = performance.now();
await file.close();
console.log(
  JSON.stringify({
    openMilliseconds: opened - started,
    seconds: (ended - opened) / 1000,
    bytes,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);

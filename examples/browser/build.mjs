// Puts the page together in dist/: the program, the model, the engine's WebAssembly, and the prepared knowledge base.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openExactIndex } from '@referent/index-exact/node';
import { openKnowledgeBase } from '@referent/knowledge-base';
import { modelUrl } from '@referent/model-small-en';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const out = join(here, 'dist');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

await build({
  entryPoints: [join(here, 'src/page.ts'), join(here, 'src/worker.ts')],
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  logLevel: 'warning',
});
cpSync(join(here, 'page'), out, { recursive: true });
cpSync(fileURLToPath(modelUrl), join(out, 'model'), { recursive: true });
const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
for (const file of readdirSync(wasm)) if (file.endsWith('.wasm')) cpSync(join(wasm, file), join(out, 'wasm', file));
await prepareKnowledgeBase();

/** Encodes the entities with the command line, and writes them and their vectors as two files for the browser. */
async function prepareKnowledgeBase() {
  const scratch = mkdtempSync(join(tmpdir(), 'referent-browser-'));
  const folder = join(scratch, 'kb');
  try {
    const cli = join(dirname(require.resolve('referent/package.json')), 'bin/referent.js');
    const args = ['build', '--entities', join(here, 'data/entities.jsonl'), '--out', folder, '--backend', 'exact'];
    const { status } = spawnSync(process.execPath, [cli, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new Error(`referent build ended with ${status}`);
    const openIndex = (path, dimensions) => openExactIndex({ path, dimensions });
    const { store, vectors, manifest, close } = await openKnowledgeBase({ folder, openIndex });
    const keys = Uint32Array.from({ length: store.size }, (_, i) => i + 1);
    const { data } = await vectors.read(keys);
    const { name, hash, dimensions } = manifest.model;
    const facts = { model: { name, hash, dimensions }, entities: await store.get(keys) };
    mkdirSync(join(out, 'knowledge-base'));
    writeFileSync(join(out, 'knowledge-base/entities.json'), JSON.stringify(facts));
    writeFileSync(
      join(out, 'knowledge-base/vectors.bin'),
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
    await close();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

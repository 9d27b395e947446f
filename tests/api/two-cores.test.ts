// Two versions of @referent/core in one tree: what one package hands to another is plain data, told apart by no class.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isReferentError, ReferentError } from '@referent/core';
import { createMemoryKnowledge } from '@referent/knowledge-base';
import { createMarkedDetector } from '@referent/mention-detection';
import { createDenseSource, createPipeline } from '@referent/pipeline';
import { createFakeEncoder } from '@referent/testing';
import { expect, it, vi } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function withAnotherCore() {
  vi.resetModules();
  return { core: await import('@referent/core'), ...(await import('@referent/index-exact')) };
}

it('links with an index that has a core of its own', async () => {
  const { core, createExactIndex } = await withAnotherCore();
  expect(core.ReferentError).not.toBe(ReferentError);
  const entities = [
    { id: 'fr', title: 'Paris', text: 'The capital of France.' },
    { id: 'tr', title: 'Troy', text: 'A city of Asia.' },
  ];
  const encoder = createFakeEncoder({ dimensions: 16 });
  const { store, keys } = createMemoryKnowledge(entities);
  const index = createExactIndex({ dimensions: 16 });
  await index.add(keys, await encoder.encodeEntities(entities));
  const pipeline = createPipeline({
    detector: createMarkedDetector(),
    sources: [createDenseSource({ encoder, index, store })],
    fusion: { weights: { dense: 1 } },
    store,
  });
  const [linked] = await pipeline.link('From [[Troy]] he came.');
  expect(linked?.candidates.map(({ entity }) => entity.id).sort()).toEqual(['fr', 'tr']);
  await index.close();
});

it("knows the errors of the other core, which are none of this one's class", async () => {
  const { createExactIndex } = await withAnotherCore();
  const index = createExactIndex({ dimensions: 2 });
  const error = await index.search({ data: Float32Array.of(1, 0), count: 1 }, 0).catch((thrown: unknown) => thrown);
  expect(error).not.toBeInstanceOf(ReferentError);
  expect(isReferentError(error, 'INDEX_INVALID_K')).toBe(true);
});

it('relies on the class of an error nowhere', () => {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name, 'src')),
  );
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((file) => /instanceof ReferentError/.test(readFileSync(file, 'utf8')))).toEqual([]);
});

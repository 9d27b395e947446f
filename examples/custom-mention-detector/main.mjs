// Any object with a name and a `detect` is a mention detector. This one finds part numbers and acronyms.
import { createMemoryKnowledge } from '@referent/knowledge-base';
import { createNamesSource, createPipeline } from '@referent/pipeline';

/** Positions are those of the text as it was given, in its order, not overlapping. */
const partNumbers = {
  name: 'part numbers',
  async detect(text, { signal } = {}) {
    signal?.throwIfAborted();
    return Array.from(text.matchAll(/\b(?:[A-Z]{2,4}-\d{3,5}|[A-Z]{3,5})\b/g), ({ 0: surface, index }) => ({
      start: index,
      end: index + surface.length,
      surface,
    }));
  },
};

const { store, names } = createMemoryKnowledge([
  { id: 'pump-seal', title: 'Pump seal', text: 'A ring of rubber for the main pump.', aliases: ['PS-1040'] },
  { id: 'relief-valve', title: 'Relief valve', text: 'Opens above eight bar.', aliases: ['RV-220', 'PRV'] },
]);
const pipeline = createPipeline({
  detector: partNumbers,
  sources: [createNamesSource({ names })],
  fusion: { weights: { names: 1 } },
  store,
});

const report = 'Replaced PS-1040, tested the PRV at 8 bar; RV-220 ordered, XK-999 not found in stock.';
for (const { start, end, surface, entity } of await pipeline.link(report)) {
  console.log(`${start}-${end} ${surface} -> ${entity?.title ?? 'unknown'}`);
}

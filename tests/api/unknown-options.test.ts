// What a person gets whose option is misspelt: the same words from every factory.
import { createEntityEncoder, createMentionEncoder } from '@referent/bi-encoder';
import { createCrossEncoder } from '@referent/cross-encoder';
import { createEvaluation } from '@referent/evaluation';
import { createExactIndex } from '@referent/index-exact';
import { createExactIndex as createSavableIndex, openExactIndex } from '@referent/index-exact/node';
import { createHnswlibIndex } from '@referent/index-hnswlib';
import { createLancedbIndex, openLancedbIndex } from '@referent/index-lancedb';
import { createPostgresIndex, openPostgresIndex } from '@referent/index-postgres';
import { createUsearchIndex, openUsearchIndex, openUsearchSegments } from '@referent/index-usearch';
import {
  addEntities,
  buildKnowledgeBase,
  createEntitySource,
  openEntitySource,
  openKnowledgeBase,
  removeEntities,
} from '@referent/knowledge-base';
import { createAutoDetector, createNamesDetector } from '@referent/mention-detection';
import { openModel } from '@referent/model/node';
import { createDenseSource, createNamesSource, createPipeline, createVectorScorer } from '@referent/pipeline';
import { fetchModel, startEngine } from '@referent/runtime';
import { createTokenizer } from '@referent/tokenizer';
import { expect, it } from 'vitest';

type Call = (options: never) => unknown;

/** The function, an option as somebody might write it, and the one that was meant. */
const misspelt: readonly (readonly [string, Call, string, string])[] = [
  ['createTokenizer', createTokenizer, 'lowerCase', 'lowercase'],
  ['createEntityEncoder', createEntityEncoder, 'maximumLenght', 'maximumLength'],
  ['createMentionEncoder', createMentionEncoder, 'layouts', 'layout'],
  ['createCrossEncoder', createCrossEncoder, 'maximumContextLenght', 'maximumContextLength'],
  ['createExactIndex', createExactIndex, 'quantisation', 'quantization'],
  ['createExactIndex', createSavableIndex, 'dimension', 'dimensions'],
  ['openExactIndex', openExactIndex, 'quantisation', 'quantization'],
  ['The usearch index', createUsearchIndex, 'expansionsearch', 'expansionSearch'],
  ['The usearch index', openUsearchIndex, 'conectivity', 'connectivity'],
  ['The usearch index', openUsearchSegments, 'overSampling', 'oversampling'],
  ['The hnswlib index', createHnswlibIndex, 'expansionsearch', 'expansionSearch'],
  ['The index in PostgreSQL', createPostgresIndex, 'defergraph', 'deferGraph'],
  ['The index in PostgreSQL', openPostgresIndex, 'uri', 'url'],
  ['The index in LanceDB', createLancedbIndex, 'probe', 'probes'],
  ['The index in LanceDB', openLancedbIndex, 'tables', 'table'],
  ['createAutoDetector', createAutoDetector, 'statistics', 'statistical'],
  ['createNamesDetector', createNamesDetector, 'nameAreProper', 'namesAreProper'],
  ['createPipeline', createPipeline, 'detectors', 'detector'],
  ['createDenseSource', createDenseSource, 'encoders', 'encoder'],
  ['createNamesSource', createNamesSource, 'score', 'scores'],
  ['createVectorScorer', createVectorScorer, 'vector', 'vectors'],
  ['createEvaluation', createEvaluation, 'cutOffs', 'cutoffs'],
  ['createEntitySource', createEntitySource, 'entites', 'entities'],
  ['openEntitySource', (options: never) => openEntitySource('a.csv', options), 'column', 'columns'],
  ['openKnowledgeBase', openKnowledgeBase, 'openindex', 'openIndex'],
  ['buildKnowledgeBase', buildKnowledgeBase, 'onErrors', 'onError'],
  ['addEntities', addEntities, 'onDuplicates', 'onDuplicate'],
  ['removeEntities', removeEntities, 'deferindex', 'deferIndex'],
  ['openModel', openModel, 'entityLayouts', 'entityLayout'],
  ['startEngine', startEngine, 'cachefolder', 'cacheFolder'],
  ['fetchModel', fetchModel, 'cacheFolders', 'cacheFolder'],
];

for (const [caller, call, wrong, right] of misspelt) {
  it(`${caller} refuses ${wrong}`, async () => {
    const answer = async () => call({ [wrong]: 'anything' } as never);
    await expect(answer()).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      message: `${caller} has no option "${wrong}". Did you mean "${right}"?`,
    });
  });
}

it('also looks into the options within options', async () => {
  const columns = { titel: 'name' } as never;
  await expect(openEntitySource('a.csv', { columns })).rejects.toThrow('Did you mean "title"?');
});

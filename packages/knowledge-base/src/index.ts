export type { BuildKnowledgeBaseOptions, BuildResult } from './build.js';
export { buildKnowledgeBase } from './build.js';
export type { AddEntitiesOptions, AddResult, RemoveEntitiesOptions, RemoveResult } from './change.js';
export { addEntities, removeEntities } from './change.js';
export type { MoveIndexOptions, SetIndexSettingsOptions } from './change-index.js';
export { moveIndex, setIndexSettings } from './change-index.js';
export type { KnowledgeBaseErrorCode } from './errors.js';
export type { GivenVectors } from './folder/copy-step.js';
export type { IndexNote } from './folder/index-note.js';
export type {
  DiscardIndex,
  IndexContext,
  IndexProvider,
  IndexResidence,
  OpenIndex,
  ResidentIndex,
} from './folder/index-provider.js';
export type { JsonObject, Manifest, ManifestIndex, ModelIdentity } from './folder/manifest.js';
export { formatVersion as knowledgeBaseFormat } from './folder/manifest.js';
export type { ProblemReport } from './folder/problem-report.js';
export type { AddLexicalIndexOptions } from './lexical-index.js';
export { addLexicalIndex } from './lexical-index.js';
export type { MemoryKnowledge } from './memory-knowledge.js';
export { createMemoryKnowledge } from './memory-knowledge.js';
export type { KnowledgeBase, KnowledgeBaseInfo, OpenKnowledgeBaseOptions } from './open.js';
export { describeKnowledgeBase, openKnowledgeBase } from './open.js';
export type { DelimitedOptions, EntityColumns } from './sources/delimited.js';
export type { EntitySourceOptions } from './sources/iterable-source.js';
export { createEntitySource } from './sources/iterable-source.js';
export type { EntitySourceFormat, OpenEntitySourceOptions } from './sources/open-source.js';
export { openEntitySource } from './sources/open-source.js';
export type {
  EntitySource,
  ReadSourceOptions,
  SourceItem,
  SourcePosition,
  SourceProblem,
  SourceProblemCode,
} from './sources/source.js';
export type { WordNetScope } from './sources/wordnet-synset.js';

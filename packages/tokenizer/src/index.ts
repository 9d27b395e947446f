export { type EntityLayout, type EntityLayoutOptions, layoutEntity } from './entity-layout.js';
export { layoutMention, type MentionLayout, type MentionLayoutOptions } from './mention-layout.js';
export { layoutPair, type PairLayout, type PairLayoutOptions } from './pair-layout.js';
export type { SpecialTokenIds, TokenizerSource } from './source.js';
export {
  createTokenizer,
  type EncodeOptions,
  type Markers,
  type Tokenizer,
  type TokenizerOptions,
  type TokensWithOffsets,
} from './tokenizer.js';

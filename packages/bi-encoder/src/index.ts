export type { SequenceEncoder } from './encode-in-chunks.js';
export { createEntityEncoder, type EntityEncoderOptions, type EntityEncoderSettings } from './entity-encoder.js';
export { createMentionEncoder, type MentionEncoderOptions, type MentionEncoderSettings } from './mention-encoder.js';

export { type CrossEncoderOptions, type CrossEncoderSettings, createCrossEncoder } from './cross-encoder.js';

export { createLinker, type LinkerOptions } from './linker.js';
export type { LinkerKnowledge, LinkerModel } from './parts.js';

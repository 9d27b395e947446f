export { type OpenZeshelDocuments, openZeshelDocuments } from './zeshel/open-documents.js';

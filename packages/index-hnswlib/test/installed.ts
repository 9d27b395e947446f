import { loadHnswlib } from '../src/load-hnswlib.js';

/** hnswlib-node is compiled when it is installed, and therefore optional: its tests are skipped where that failed. */
export const isInstalled = await loadHnswlib().then(
  () => true,
  () => false,
);

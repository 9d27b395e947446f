/**
 * What is used of hnswlib-node 3, which has types of its own: but they are there only where it could be compiled, and
 * this package must build everywhere.
 */
declare module 'hnswlib-node' {
  export class HierarchicalNSW {
    constructor(space: 'ip', dimensions: number);
    initIndex(options: { maxElements: number; m: number; efConstruction: number }): void;
    readIndexSync(path: string): void;
    writeIndexSync(path: string): void;
    resizeIndex(maxElements: number): void;
    addPoint(point: number[], label: number): void;
    markDelete(label: number): void;
    getPoint(label: number): number[];
    searchKnn(
      query: number[],
      k: number,
      filter?: (label: number) => boolean,
    ): { neighbors: number[]; distances: number[] };
    getCurrentCount(): number;
    getMaxElements(): number;
    setEf(ef: number): void;
  }
}

import { describe, expect, it } from 'vitest';

/** One thing that an interface promises, as a test that can run anywhere. */
export interface ContractPromise {
  readonly title: string;
  readonly body: () => Promise<void>;
}

/** Title of a promise -> why this backend breaks it, with a link. Such a test must FAIL, so that a fixed backend is noticed. */
export type KnownDivergences = Readonly<Record<string, string>>;

/** Registers a contract with vitest. Nothing is ever skipped. */
export function testContract(
  name: string,
  promises: readonly ContractPromise[],
  knownDivergences: KnownDivergences = {},
): void {
  describe(name, () => {
    for (const { title, body } of promises) {
      const reason = knownDivergences[title];
      if (reason === undefined) it(title, body);
      else it.fails(`${title} [known: ${reason}]`, body);
    }

    it('lists no known divergence that names no promise', () => {
      const titles = new Set(promises.map(({ title }) => title));
      expect(Object.keys(knownDivergences).filter((title) => !titles.has(title))).toEqual([]);
    });
  });
}

/** Titles of the promises that do not hold, without vitest's reporting: how the suites themselves are tested. */
export async function brokenPromises(promises: readonly ContractPromise[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { title, body } of promises) {
    try {
      await body();
    } catch {
      broken.push(title);
    }
  }
  return broken;
}

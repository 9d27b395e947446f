declare global {
  // As TypeScript's `esnext.disposable` and Node's types have it; here for programs that use neither.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/** What `await using` closes at the end of its block. */
export interface AsyncClosing {
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Lets `await using` close what has a `close`. The object itself is changed and given back. Where the runtime does not
 * know the symbol yet, `close` alone remains.
 */
export function asyncClosing<T extends { close(): Promise<void> }>(resource: T): T & AsyncClosing {
  if (Symbol.asyncDispose === undefined) return resource as T & AsyncClosing;
  return Object.assign(resource, {
    // By `this`: a copy of the object with another `close` closes as it says.
    [Symbol.asyncDispose](this: { close(): Promise<void> }) {
      return this.close();
    },
  }) as T & AsyncClosing;
}

/** How far a long piece of work has come. */
export interface Progress {
  /** What is being done, for a person: "encode entities". */
  readonly step: string;
  readonly done: number;
  /** Absent while it is unknown. */
  readonly total?: number;
  /** What is counted: "entities", "bytes". */
  readonly unit: string;
}

/** Everything that takes long accepts these. */
export interface WorkOptions {
  /** Stops the work at the next safe point; it then throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Told how long a stage took each time it has run, for a profile: "encode", "search"; and how many mentions it
   * worked on, where that is what it works on.
   */
  readonly onTiming?: ((stage: string, milliseconds: number, mentions?: number) => void) | undefined;
}

/** Reading is short, mostly; at a server, or of very much, it is not. */
export interface ReadOptions {
  /** Stops the reading, which then throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Of vectors, which are large: memory for them can be used again and again. */
export interface ReadVectorsOptions extends ReadOptions {
  /** Of a value per key and dimension or longer. What is read may lie at its beginning; a store may leave it alone. */
  readonly into?: Float32Array | undefined;
}

/** For `assertKnownOptions`. */
export const workOptionNames: readonly string[] = ['signal', 'onProgress', 'onTiming'] satisfies (keyof WorkOptions)[];

/** Where a library tells what a person may want to know. Libraries never print. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {} };

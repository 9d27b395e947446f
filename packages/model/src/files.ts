import { type Progress, ReferentError } from '@referent/core';

/** Where the files of a model come from: a folder, a server, an archive in memory. */
export interface ModelFiles {
  /** The place as errors name it: a path, an address. */
  readonly location: string;
  /** The bytes of a file by its name within the model ("config.json", "reranker/config.json"); undefined where there is none. */
  read(name: string, options?: ReadModelFileOptions): Promise<Uint8Array | undefined>;
  /** SHA-256 as hexadecimal digits. @default by Web Crypto */
  sha256?(bytes: Uint8Array): Promise<string>;
}

export interface ReadModelFileOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** `path` within `files`, for a person. */
export function placeOf({ location }: Pick<ModelFiles, 'location'>, name: string): string {
  return `${location.replace(/\/$/, '')}/${name}`;
}

/** "a/./b" and "a//b" are "a/b"; "a/../b" is "b". */
export function joinPath(...parts: readonly string[]): string {
  const kept: string[] = [];
  for (const part of parts.join('/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else kept.push(part);
  }
  return kept.join('/');
}

/** @throws `MODEL_INVALID_JSON` */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ReferentError('MODEL_INVALID_JSON', {
      what: `${file} is no JSON.`,
      why: cause instanceof Error ? `${cause.message}.` : String(cause),
      fix: 'Fetch the model again.',
      details: { file },
      cause,
    });
  }
}

export function missingFile(files: ModelFiles, name: string, why: string, details: object = {}, cause?: unknown) {
  return new ReferentError('MODEL_MISSING_FILE', {
    what: `The model ${files.location} has no readable ${name}.`,
    why,
    fix: 'A model is a folder in the Hugging Face layout: config.json, tokenizer.json, model.safetensors.',
    details: { location: files.location, file: name, ...details },
    cause,
  });
}

/** @throws `MODEL_NO_HASH` where a page is not served securely */
export async function webSha256(bytes: Uint8Array): Promise<string> {
  const { subtle } = (globalThis as { crypto?: Partial<typeof globalThis.crypto> }).crypto ?? {};
  if (!subtle) {
    throw new ReferentError('MODEL_NO_HASH', {
      what: 'The model cannot be identified: there is no Web Crypto here.',
      why: 'Browsers have it only in pages that come over https or from localhost.',
      fix: 'Serve the page over https, or give the files a `sha256` of your own.',
    });
  }
  const digest = await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

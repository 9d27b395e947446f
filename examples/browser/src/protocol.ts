import type { LinkedMention, Span } from '@referent/core';

/** To the worker: link this; of several, the newest counts. */
export interface LinkRequest {
  readonly id: number;
  readonly text: string;
}

/** From the worker. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly step: string; readonly done: number; readonly total: number | undefined }
  | { readonly kind: 'ready'; readonly entities: number; readonly seconds: number }
  | { readonly kind: 'found'; readonly id: number; readonly spans: readonly Span[] }
  | { readonly kind: 'linked'; readonly id: number; readonly mention: LinkedMention }
  | { readonly kind: 'done'; readonly id: number; readonly encoded: number; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly message: string };

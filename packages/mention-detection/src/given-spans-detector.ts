import { type MentionDetector, mentionsFromSpans, type Span } from '@referent/core';

/**
 * Mentions whose places in one text are known.
 * `detect` throws `SPAN_INVALID` and `SPAN_OVERLAP` as `mentionsFromSpans` of core does.
 */
export function createGivenSpansDetector({ spans }: { readonly spans: readonly Span[] }): MentionDetector {
  return {
    name: 'given',
    async detect(text, { signal } = {}) {
      signal?.throwIfAborted();
      return mentionsFromSpans(text, spans);
    },
  };
}

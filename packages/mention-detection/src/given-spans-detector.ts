import { assertKnownOptions, type MentionDetector, mentionsFromSpans, type Span } from '@referent/core';

export interface GivenSpansDetectorOptions {
  /** Where the mentions are, in UTF-16 code units. */
  readonly spans: readonly Span[];
}

/**
 * Mentions whose places in one text are known.
 * `detect` throws `SPAN_INVALID` and `SPAN_OVERLAP` as `mentionsFromSpans` of core does.
 * @throws `UNKNOWN_OPTION`
 */
export function createGivenSpansDetector({ spans, ...unknown }: GivenSpansDetectorOptions): MentionDetector {
  assertKnownOptions('createGivenSpansDetector', unknown, ['spans']);
  return {
    name: 'given',
    async detect(text, { signal } = {}) {
      signal?.throwIfAborted();
      return mentionsFromSpans(text, spans);
    },
  };
}

/** What is known about one mention after it was linked. Ids are the user's own, as in the gold standard. */
export interface MentionResult {
  /** The right entity; several where any of them counts; null or an empty list where none is meant (NIL). */
  readonly gold: string | readonly string[] | null;
  /** Candidates of the first stage, best first, as many as there were. */
  readonly retrieved: readonly string[];
  /** The candidates as finally ranked, best first. @default retrieved */
  readonly ranked?: readonly string[] | undefined;
  /** What was decided; null is NIL. @default the first of `ranked`, or null where there is none */
  readonly decided?: string | null | undefined;
  /** Of the decision, from 0 to 1: for the calibration. */
  readonly probability?: number | undefined;
  /** Only these may be right (the synsets of a lemma, the bearers of a name): for the restricted accuracy. */
  readonly restrictTo?: readonly string[] | undefined;
  /** The sub-collection that the mention belongs to; macro averages are over worlds. */
  readonly world?: string | undefined;
  /** How mention and title resemble each other, by any naming (Zeshel: "high_overlap", "low_overlap" ...). */
  readonly overlap?: string | undefined;
}

/** The right entities of a mention; none for NIL. */
export function goldOf({ gold }: MentionResult): readonly string[] {
  if (gold === null) return [];
  return typeof gold === 'string' ? [gold] : gold;
}

/** Position of the first right id, from 1; 0 where none is in the list. */
export function rankOf(ids: readonly string[], gold: readonly string[]): number {
  return ids.findIndex((id) => gold.includes(id)) + 1;
}

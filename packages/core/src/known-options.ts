import { ReferentError } from './errors.js';

/**
 * Refuses an option that a function does not know, for callers whose types do not: a misspelt one would be ignored in
 * silence. Options without a value do not count.
 * @param options all that was given, or what is left of it when the known ones are taken out
 * @throws `UNKNOWN_OPTION`
 */
export function assertKnownOptions(caller: string, options: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const nearest = nearestOf(name, known);
    throw new ReferentError('UNKNOWN_OPTION', {
      what: `${caller} has no option "${name}".`,
      fix: nearest === undefined ? `It has ${known.join(', ')}.` : `Did you mean "${nearest}"?`,
      details: { caller, option: name, known },
    });
  }
}

/** The known name that is fewest changes away, if it is near at all. */
export function nearestOf(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((it) => ({ it, distance: editDistance(name.toLowerCase(), it.toLowerCase()) }));
  ranked.sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best && best.distance < name.length && best.distance <= Math.max(2, name.length / 3) ? best.it : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Runs worth remembering: longer ones hardly come twice. In UTF-16 units. */
const longestKept = 40;
/** Two generations of this many runs are kept: about 20 MB with ordinary text. */
const generation = 32_768;

/** Remembers what a function made of the runs of text that came lately. */
export function createRunCache<Value>(make: (run: string) => Value): (run: string) => Value {
  let young = new Map<string, Value>();
  let old = young;
  return (run) => {
    const known = young.get(run);
    if (known !== undefined) return known;
    const value = old.get(run) ?? make(run);
    if (run.length > longestKept) return value;
    if (young.size >= generation) {
      old = young;
      young = new Map();
    }
    young.set(detached(run), value);
    return value;
  };
}

/** A slice of a text keeps the whole text in memory; a remembered run must not. */
function detached(run: string): string {
  const units: number[] = [];
  for (let i = 0; i < run.length; i++) units.push(run.charCodeAt(i));
  return String.fromCharCode(...units);
}

/**
 * Lets pieces of work run one after another, in the order in which they were asked for. One that fails stops no other.
 * An index that promises it for its changes has one of these.
 */
export function createTurns(): <T>(work: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

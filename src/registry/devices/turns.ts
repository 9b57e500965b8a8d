/** Runs works of the same key one after the other, in the order asked. Settles as the work does. */
export type TakeTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function createTurns(): TakeTurn {
  const last = new Map<string, Promise<unknown>>();
  return async function takeTurn(key, work) {
    const previous = last.get(key) ?? Promise.resolve();
    // How the previous one ended is its own asker's business.
    const turn = previous.then(work, work);
    last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (last.get(key) === turn) last.delete(key);
    }
  };
}

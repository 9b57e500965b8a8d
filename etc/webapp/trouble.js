/** Something that did not go as it should, in words for whoever reads the page: what was wrong, and what to do. */
export class Trouble extends Error {
  /** @param {string} what @param {string} advice */
  constructor(what, advice, cause) {
    super(what, { cause });
    this.advice = advice;
  }
}

/** Rejects with the trouble when the work takes longer. The work itself can't be stopped: what still comes of it is nobody's. */
export function within(limitMs, work, trouble) {
  const { promise: late, reject } = Promise.withResolvers();
  const timer = setTimeout(() => reject(trouble), limitMs);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Far more than come while one push is on its two ways. */
const mostIds = 1_000;

/** The pushes that the app has been given, by their ids, the latest thousand. */
export class Shown {
  /** With the work of the app where it is still at it. */
  readonly #ids = new Map<string, Promise<unknown> | undefined>();

  /** Remembers the id; whether it was known before. */
  isKnown(id: string): boolean {
    const isKnown = this.#ids.has(id);
    if (!isKnown) this.#remember(id, undefined);
    return isKnown;
  }

  /** Does the work unless it is done or under way; settles with it. What failed may be tried again. */
  async once(id: string, work: () => unknown): Promise<void> {
    if (this.#ids.has(id)) {
      await this.#ids.get(id);
      return;
    }
    const underWay = Promise.resolve().then(work);
    this.#remember(id, underWay);
    try {
      await underWay;
      if (this.#ids.has(id)) this.#ids.set(id, undefined);
    } catch (error) {
      this.#ids.delete(id);
      throw error;
    }
  }

  #remember(id: string, underWay: Promise<unknown> | undefined): void {
    this.#ids.set(id, underWay);
    for (const oldest of this.#ids.keys()) {
      if (this.#ids.size <= mostIds) return;
      this.#ids.delete(oldest);
    }
  }
}

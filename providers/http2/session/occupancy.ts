/** Counts who is inside, so that what they use is closed after the last one left. */
export class Occupancy {
  #inside = 0;
  #onEmpty: () => void = () => undefined;

  enter(): void {
    this.#inside += 1;
  }

  leave(): void {
    this.#inside -= 1;
    if (this.#inside === 0) this.#onEmpty();
  }

  /** Settles when nobody is inside; by then nobody may enter any more. Asked once. */
  async empty(): Promise<void> {
    if (this.#inside > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
  }
}

/** At a time: each may be a query. */
const most = 20;

/** Does the same for many devices, a few at a time; each once, however often it is named meanwhile. */
export class InTurn {
  readonly #work: (node: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  #running = 0;
  #isClosed = false;

  /** `work` never rejects. */
  constructor(work: (node: string) => Promise<void>) {
    this.#work = work;
  }

  add(nodes: Iterable<string>): void {
    if (this.#isClosed) return;
    for (const node of nodes) this.#waiting.add(node);
    while (this.#running < most && this.#waiting.size > 0) void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    this.#running += 1;
    for (const node of this.#waiting) {
      this.#waiting.delete(node);
      await this.#work(node);
    }
    this.#running -= 1;
  }
}

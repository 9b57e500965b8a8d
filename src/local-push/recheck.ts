/** At a time: each may be a query. */
const most = 20;

/** Looks at devices again after their registrations may have changed; each once, however often it is named meanwhile. */
export class Recheck {
  readonly #look: (node: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  #running = 0;
  #isClosed = false;

  /** `look` never rejects. */
  constructor(look: (node: string) => Promise<void>) {
    this.#look = look;
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
      await this.#look(node);
    }
    this.#running -= 1;
  }
}

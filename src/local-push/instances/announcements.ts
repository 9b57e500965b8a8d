import type { Speech } from './speech.ts';
import { splitNodes } from './words.ts';

/** What this instance tells the others of its devices. Each announcement has a number, so that who missed one asks for the list. */
export class Announcements {
  readonly #id: string;
  readonly #speech: Speech;
  readonly #nodes: () => Iterable<string>;
  #came = new Set<string>();
  #went = new Set<string>();
  #seq = 0;
  #owesList = false;
  #isFlushing = false;
  #isClosed = false;

  /** `nodes` are the devices of this instance. */
  constructor(id: string, speech: Speech, nodes: () => Iterable<string>) {
    this.#id = id;
    this.#speech = speech;
    this.#nodes = nodes;
  }

  came(node: string): void {
    this.#went.delete(node);
    this.#came.add(node);
    this.#flushSoon();
  }

  went(node: string): void {
    this.#came.delete(node);
    this.#went.add(node);
    this.#flushSoon();
  }

  /** Somebody misses the list: it is told with the next beat, once for all who ask until then. */
  wasAsked(): void {
    this.#owesList = true;
  }

  /** That this instance lives, and of which announcement it is the last. */
  beat(): void {
    if (this.#owesList) this.tellAll();
    this.#speech.say({ v: 'alive', from: this.#id, seq: this.#seq });
  }

  tellAll(): void {
    this.#owesList = false;
    splitNodes(this.#nodes()).forEach((nodes, index) =>
      this.#speech.say({ v: 'have', from: this.#id, seq: this.#seq, nodes, first: index === 0 }),
    );
  }

  /** Nothing more is announced. */
  close(): void {
    this.#isClosed = true;
  }

  /** Who comes and goes at the same time is told in one word. */
  #flushSoon(): void {
    if (this.#isFlushing || this.#isClosed) return;
    this.#isFlushing = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushing = false;
    if (this.#isClosed) return;
    const changes = [
      ['gone', this.#went],
      ['come', this.#came],
    ] as const;
    this.#went = new Set();
    this.#came = new Set();
    for (const [v, nodes] of changes) {
      if (nodes.size === 0) continue;
      for (const part of splitNodes(nodes)) this.#speech.say({ v, from: this.#id, seq: (this.#seq += 1), nodes: part });
    }
  }
}

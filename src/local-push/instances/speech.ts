import { writeWord, type Word } from './words.ts';
import type { Wire } from './wire.ts';

/** Words that may wait to be said; more are not said. */
const mostWaiting = 20_000;
/** Words of one statement. */
const batch = 200;

interface Waiting {
  readonly text: string;
  readonly onUnsaid: (() => void) | undefined;
}

/** Says words one after the other, as many at once as have come together meanwhile. */
export class Speech {
  readonly #waiting: Waiting[] = [];
  #wire: Wire | undefined;
  #running: Promise<void> | undefined;

  /** From now on there is somebody to speak to. */
  begin(wire: Wire): void {
    this.#wire = wire;
  }

  /** `onUnsaid` is called where it could not be said: too long, too many, no database. */
  say(word: Word, onUnsaid?: () => void): void {
    const text = writeWord(word);
    if (text === undefined || this.#wire === undefined || this.#waiting.length >= mostWaiting) {
      onUnsaid?.();
      return;
    }
    this.#waiting.push({ text, onUnsaid });
    this.#running ??= this.#run(this.#wire);
  }

  /** Settles when nothing is being said any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(wire: Wire): Promise<void> {
    while (this.#waiting.length > 0) {
      const words = this.#waiting.splice(0, batch);
      try {
        await wire.say(words.map(({ text }) => text));
      } catch {
        // The database is away, which others tell; what nobody heard is made up for by the next list.
        for (const { onUnsaid } of words) onUnsaid?.();
      }
    }
    this.#running = undefined;
  }
}

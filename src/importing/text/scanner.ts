// Room: what the readers of files have in common: a place in a text, and what is wrong there. In: a text. Out: pieces of it, or a
// TextTrouble. May enter: importing.
import { TextTrouble } from './trouble.ts';

export interface ScannerOptions {
  /** What may stand between two pieces and means nothing; sticky, matches always, if only nothing. */
  readonly space: RegExp;
  /** Why a text that ends too early did so. */
  readonly early: string;
}

/** A place in a text that moves on with what is taken. A byte order mark in front is no part of the text. */
export class Scanner {
  /** Where the next piece is looked for; may be set back. */
  at = 0;
  readonly #text: string;
  readonly #options: ScannerOptions;

  constructor(text: string, options: ScannerOptions) {
    this.#text = text.replace(/^\ufeff/, '');
    this.#options = options;
  }

  /** Whether only space is left. */
  isAtEnd(): boolean {
    return this.take(/$/y) !== undefined;
  }

  /** What the sticky `pattern` finds behind the space; undefined, with the place behind the space, where it finds nothing. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    this.#match(this.#options.space);
    return this.#match(pattern);
  }

  /** The same, and TextTrouble where it finds nothing. */
  expect(pattern: RegExp, what: string): void {
    if (this.take(pattern) === undefined) this.fail(`expected ${what}`);
  }

  /** Throws TextTrouble with the line of the place. */
  fail(message: string): never {
    const isEarly = this.at >= this.#text.length;
    throw new TextTrouble(
      this.#text.slice(0, this.at).split('\n').length,
      isEarly ? `the file ends too early: ${this.#options.early}` : message,
    );
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text) ?? undefined;
    this.at += match?.[0].length ?? 0;
    return match;
  }
}

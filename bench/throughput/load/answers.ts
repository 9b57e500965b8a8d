import { idMark, slotDigits } from './stanzas.ts';

const errorMark = /<iq\s[^>]*\btype=["']error["']/;

/** What one piece of text held. */
export interface Answers {
  /** Slots of the exchanges that were answered. */
  readonly slots: readonly number[];
  /** Whether one of them was refused. */
  readonly hasErrors: boolean;
}

/** Finds answers in text that comes in pieces, by their ids alone: parsing them would cost more than what is measured. */
export class AnswerScanner {
  #rest = '';

  scan(piece: string): Answers {
    const text = this.#rest + piece;
    // Start tags hold the ids: cut behind a tag, none is torn apart.
    const end = text.lastIndexOf('>') + 1;
    this.#rest = text.slice(end);
    const whole = text.slice(0, end);
    const slots: number[] = [];
    for (let at = whole.indexOf(idMark); at >= 0; at = whole.indexOf(idMark, at)) {
      at += idMark.length;
      slots.push(Number(whole.slice(at, at + slotDigits)));
    }
    return { slots, hasErrors: errorMark.test(whole) };
  }
}

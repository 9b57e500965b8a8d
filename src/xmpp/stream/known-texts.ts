import { ownText } from '../../base/own-text.ts';

/** Places for texts that came before; the stanzas of all servers together have some sixty names. */
const places = 512;
const longestKept = 48;

/**
 * Texts that came before: the same few names and namespaces make up every stanza. A known one is found without cutting it out of the stanza,
 * and one and the same text is found faster as a key than its copy, and compared at once.
 */
export class KnownTexts {
  readonly #form: RegExp;
  readonly #known: (string | undefined)[] = new Array<string | undefined>(places).fill(undefined);

  /** Of texts that have this form. */
  constructor(form: RegExp) {
    this.#form = form;
  }

  /** What stands in the text from there to there; undefined where it has not the form. */
  read(text: string, from: number, to: number): string | undefined {
    const place = placeOf(text, from, to);
    const known = this.#known[place];
    if (known?.length === to - from && text.startsWith(known, from)) return known;
    const read = text.slice(from, to);
    if (!this.#form.test(read)) return undefined;
    if (known === undefined && read.length <= longestKept) this.#known[place] = ownText(read);
    return read;
  }
}

/** By its length, and by characters in which names differ. Whoever finds his place taken is read anew each time. */
function placeOf(text: string, from: number, to: number): number {
  if (from === to) return 0;
  const first = text.charCodeAt(from);
  const middle = text.charCodeAt((from + to) >> 1);
  const last = text.charCodeAt(to - 1);
  return (first * 31 + middle * 17 + last * 7 + (to - from)) % places;
}

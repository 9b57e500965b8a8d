import { ownText } from '../../base/own-text.ts';

const form = /^[A-Za-z_][\w.:-]*$/;
/** Places for names that came before; the stanzas of all servers together have some sixty. */
const places = 512;
const longestKept = 32;

/**
 * Names of elements and attributes that came before: the same few make up every stanza. A known one is found without cutting it out of its
 * text, and one and the same text is found faster as a key than its copy.
 */
export class Names {
  readonly #known: (string | undefined)[] = new Array<string | undefined>(places).fill(undefined);

  /** The name that stands in the text from there to there; undefined where that is none, or none that is written plainly. */
  read(text: string, from: number, to: number): string | undefined {
    const place = placeOf(text, from, to);
    const known = this.#known[place];
    if (known?.length === to - from && text.startsWith(known, from)) return known;
    const name = text.slice(from, to);
    if (!form.test(name)) return undefined;
    if (known === undefined && name.length <= longestKept) this.#known[place] = ownText(name);
    return name;
  }
}

/** By its length, and by characters in which names differ. Whose place is taken is read anew each time. */
function placeOf(text: string, from: number, to: number): number {
  const first = text.charCodeAt(from);
  const middle = text.charCodeAt((from + to) >> 1);
  const last = text.charCodeAt(to - 1);
  return (first * 31 + middle * 17 + last * 7 + (to - from)) % places;
}

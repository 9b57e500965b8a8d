import { ownText } from '../../base/own-text.ts';
import { Element } from '../stanza/xml.ts';

/** What every stanza that a server sends looks like from outside, but for its end: the one way in for what is read here. */
export const plainStart = '<iq ';
const plainEnd = '</iq>';

const slash = '/'.charCodeAt(0);
const space = ' '.charCodeAt(0);
const form = /^[A-Za-z_][\w.:-]*$/;
const mostNames = 256;
const longestName = 32;
/** Control characters but for the line feed, and the two that XML has not (XML 1.0 §2.2). */
const unusual = /[\0-\x09\x0B-\x1F\uFFFE\uFFFF]/;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const entity = /&(amp|lt|gt|quot|apos);/g;
const otherReference = /&(?!(?:amp|lt|gt|quot|apos);)/;

/**
 * Reads a stanza that is written as servers write them: start tags with single spaces, end tags, text, the five entities of XML, and
 * nothing else. Undefined for everything else, be it right or wrong: the full parser has the last word on that. So this one knows few
 * rules of XML, errs on one side only, and takes two thirds of the time.
 */
export class PlainReader {
  readonly #mostDepth: number;
  /** Names seen before: the same few make up every stanza, and one and the same text is found faster as a key than its copy. */
  readonly #names = new Map<string, string>();

  /** Reads stanzas of at most so many elements inside each other. */
  constructor(mostDepth: number) {
    this.#mostDepth = mostDepth;
  }

  read(text: string): Element | undefined {
    if (unusual.test(text) || !text.isWellFormed()) return undefined;
    let open: Element | undefined;
    let depth = 0;
    for (let at = 0; ;) {
      const end = text.indexOf('>', at);
      const next = text.indexOf('<', at + 1);
      // A tag ends before the next one begins: else one of the two characters is part of a value.
      if (end < 0 || (next >= 0 && next < end)) return undefined;
      if (text.charCodeAt(at + 1) === slash) {
        if (open === undefined || !text.startsWith(open.name, at + 2) || end !== at + 2 + open.name.length) return undefined;
        if (open.parent === null) return end + 1 === text.length ? open : undefined;
        open = open.parent;
        depth -= 1;
      } else {
        const isEmpty = text.charCodeAt(end - 1) === slash;
        const element = this.#readTag(text.slice(at + 1, isEmpty ? end - 1 : end));
        if (element === undefined || depth === this.#mostDepth) return undefined;
        open?.cnode(element);
        if (!isEmpty) {
          open = element;
          depth += 1;
        }
      }
      if (open === undefined || next < 0) return undefined;
      if (next > end + 1) {
        const content = readText(text.slice(end + 1, next));
        if (content === undefined) return undefined;
        open.t(content);
      }
      at = next;
    }
  }

  /** What stands between `<` and `>`: a name, and attributes with one space before each. */
  #readTag(tag: string): Element | undefined {
    const nameEnd = endOfName(tag);
    const name = this.#readName(tag.slice(0, nameEnd));
    if (name === undefined || tag.includes('\n')) return undefined;
    const element = new Element(name);
    for (let at = nameEnd; at < tag.length;) {
      const equals = tag.indexOf('=', at);
      const quote = tag.charAt(equals + 1);
      const close = quote === "'" || quote === '"' ? tag.indexOf(quote, equals + 2) : -1;
      if (tag.charCodeAt(at) !== space || equals < 0 || close < 0) return undefined;
      const key = this.#readName(tag.slice(at + 1, equals));
      const value = unescape(tag.slice(equals + 2, close));
      // Twice the same, or a name that every object has.
      if (value === undefined || key === undefined || key in element.attrs) return undefined;
      element.attrs[key] = value;
      at = close + 1;
    }
    return element;
  }

  #readName(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    if (!form.test(text)) return undefined;
    if (this.#names.size < mostNames && text.length <= longestName) this.#remember(ownText(text));
    return text;
  }

  #remember(name: string): void {
    this.#names.set(name, name);
  }
}

/** Behind the next end of a request, or the end of the text. */
export function endOfPiece(text: string, at: number): number {
  const end = text.indexOf(plainEnd, at);
  return end < 0 ? text.length : end + plainEnd.length;
}

function endOfName(tag: string): number {
  const end = tag.indexOf(' ');
  return end < 0 ? tag.length : end;
}

/** `]]>` must not stand in text (XML 1.0 §2.4). */
function readText(text: string): string | undefined {
  return text.includes(']]>') ? undefined : unescape(text);
}

function unescape(text: string): string | undefined {
  if (!text.includes('&')) return text;
  if (otherReference.test(text)) return undefined;
  return text.replace(entity, (_, which: string) => entities[which] ?? '');
}

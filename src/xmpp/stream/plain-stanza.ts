import { Element } from '../stanza/xml.ts';
import { KnownTexts } from './known-texts.ts';

/** What every stanza that a server sends looks like from outside, but for its end: the one way in for what is read here. */
export const plainStart = '<iq ';
const plainEnd = '</iq>';

const form = /^[A-Za-z_][\w.:-]*$/;
/** Attributes whose values are words of the specifications, and what these are made of. */
const ofWords: ReadonlySet<string> = new Set(['xmlns', 'type', 'var']);
const plainWord = /^[^&\n]*$/;

const slash = '/'.charCodeAt(0);
const space = ' '.charCodeAt(0);
const apostrophe = "'".charCodeAt(0);
const quotationMark = '"'.charCodeAt(0);
/** Control characters but for the line feed, and the two that XML has not (XML 1.0 §2.2). */
const unusual = /[\0-\x09\x0B-\x1F\uFFFE\uFFFF]/;
const otherReference = /&(?!(?:amp|lt|gt|quot|apos);)/;

/**
 * Reads a stanza that is written as servers write them: start tags with single spaces, end tags, text, the five entities of XML, and
 * nothing else. Undefined for everything else, be it right or wrong: the full parser has the last word on that. So this one knows few
 * rules of XML, errs on one side only, and takes two thirds of the time.
 */
export class PlainReader {
  readonly #mostDepth: number;
  readonly #names = new KnownTexts(form);
  readonly #words = new KnownTexts(plainWord);

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
        const element = this.#readTag(text, at + 1, isEmpty ? end - 1 : end);
        if (element === undefined || depth === this.#mostDepth) return undefined;
        if (open !== undefined) addChild(open, element);
        if (!isEmpty) {
          open = element;
          depth += 1;
        }
      }
      if (open === undefined || next < 0) return undefined;
      if (next > end + 1) {
        const content = readText(text.slice(end + 1, next));
        if (content === undefined) return undefined;
        add(open, content);
      }
      at = next;
    }
  }

  /** What stands between `<` and `>`: a name, and attributes with one space before each. */
  #readTag(text: string, start: number, end: number): Element | undefined {
    const nameEnd = endOfName(text, start, end);
    const name = this.#names.read(text, start, nameEnd);
    if (name === undefined) return undefined;
    const element = new Element(name);
    for (let at = nameEnd; at < end;) {
      const equals = text.indexOf('=', at);
      if (text.charCodeAt(at) !== space || equals < 0 || equals >= end) return undefined;
      const close = endOfValue(text, equals + 1);
      if (close < 0 || close >= end) return undefined;
      const key = this.#names.read(text, at + 1, equals);
      if (key === undefined) return undefined;
      const word = ofWords.has(key) ? this.#words.read(text, equals + 2, close) : undefined;
      const value = word ?? readValue(text.slice(equals + 2, close));
      // Twice the same, or a name that every object has.
      if (value === undefined || element.attrs[key] !== undefined) return undefined;
      element.attrs[key] = value;
      at = close + 1;
    }
    return element;
  }
}

function addChild(parent: Element, child: Element): void {
  child.parent = parent;
  add(parent, child);
}

/** Most have one child: a list that is made for one takes an eighth of the memory of one that was made to grow. */
function add(parent: Element, child: Element | string): void {
  if (parent.children.length === 0) parent.children = [child];
  else parent.children.push(child);
}

/** Behind the next end of a request, or the end of the text. */
export function endOfPiece(text: string, at: number): number {
  const end = text.indexOf(plainEnd, at);
  return end < 0 ? text.length : end + plainEnd.length;
}

function endOfName(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) !== space) at += 1;
  return at;
}

/** Where the value ends that begins with the quote here; negative where none does, or where it does not end. */
function endOfValue(text: string, at: number): number {
  const quote = text.charCodeAt(at);
  return quote === apostrophe || quote === quotationMark ? text.indexOf(quote === apostrophe ? "'" : '"', at + 1) : -1;
}

/** A line feed in a value stands for a space (XML 1.0 §3.3.3), which is the full parser's to say. */
function readValue(text: string): string | undefined {
  return text.includes('\n') ? undefined : unescape(text);
}

/** `]]>` must not stand in text (XML 1.0 §2.4). */
function readText(text: string): string | undefined {
  return text.includes(']]>') ? undefined : unescape(text);
}

function unescape(text: string): string | undefined {
  if (!text.includes('&')) return text;
  if (otherReference.test(text)) return undefined;
  // The ampersand last, so that what it stands for is not taken for another one.
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'");
  return plain.replaceAll('&amp;', '&');
}

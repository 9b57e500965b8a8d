import { EventEmitter } from 'node:events';
import { endOfPiece, plainStart, PlainReader } from './plain-stanza.ts';
import { Element } from '../stanza/xml.ts';
import { SaxesParser, type SaxesStartTagPlain, type SaxesTagPlain } from 'saxes';

export interface StreamLimits {
  /** Characters of one stanza, tags included; what is larger is refused. */
  readonly stanzaSize: number;
  /** Nesting of elements inside one stanza. */
  readonly stanzaDepth: number;
}

/** Local c2s and s2s limits of the servers (256 and 512 KiB) stay well below. */
export const streamLimits: StreamLimits = { stanzaSize: 1024 * 1024, stanzaDepth: 64 };

/** Past this multiple of `stanzaSize` a stanza is no longer waited for: the stream is given up. */
const hopelessFactor = 4;

/**
 * A tag's attributes: no inherited names, as in the parser's own `Object.create(null)`, which V8 keeps as a dictionary.
 * Instances of a constructor are read and copied fast: half the cost of reading a stanza.
 */
const Attributes = function () {
  // Empty on purpose.
} as unknown as new () => Record<string, string>;
Attributes.prototype = Object.create(null) as object;

/** Why a stanza could not be read. */
export type Unreadable = 'too large' | 'too deep' | 'not well-formed';

interface ParserEvents {
  start: [root: Element];
  element: [stanza: Element];
  /** A stanza that can't be read: its start tag, and why. The stream goes on behind it. */
  unreadable: [shell: Element, reason: Unreadable];
  end: [root: Element];
  error: [error: Error];
}

/**
 * Reads an XML stream (RFC 6120 §4) in place of `@xmpp/xml`'s parser, which throws on unknown entities, accepts what is not
 * XML, needs quadratic time on long texts, keeps every whitespace keep-alive, and knows no limits. Comments and processing
 * instructions are passed over (RFC 6120 §11.1 forbids them, nothing depends on them). Errors inside a stanza make that
 * stanza unreadable; only where the next stanza can no longer be told from this one, the stream ends with `error`.
 * Requests that came whole and plain are read apart (plain-stanza.ts): the parser below never sees them, and stands where it stood.
 */
export class StreamParser extends EventEmitter<ParserEvents> {
  readonly #sax = new SaxesParser({ xmlns: false, position: false });
  readonly #limits: StreamLimits;
  readonly #plain: PlainReader;
  #root: Element | undefined;
  /** The element being filled; undefined between stanzas and inside an unreadable one. */
  #cursor: Element | undefined;
  #shell: Element | undefined;
  #unreadable: Unreadable | undefined;
  /** Open elements below the stream root: 0 between stanzas. */
  #depth = 0;
  /** Inside a start tag, and whether that tag has an error. */
  #isOpening = false;
  #isTagBroken = false;
  #stanzaStart = 0;
  /** Characters that the parser below was given, and how many there were when it last stood between two stanzas. */
  #fed = 0;
  #restedAt = -1;
  #lastCharacter = '';
  #isOver = false;

  constructor(limits: StreamLimits = streamLimits) {
    super();
    this.#limits = limits;
    this.#plain = new PlainReader(limits.stanzaDepth);
    this.#sax.on('opentagstart', (tag) => this.#opening(tag));
    this.#sax.on('opentag', (tag) => this.#open(tag));
    this.#sax.on('closetag', () => this.#close());
    this.#sax.on('text', (text) => this.#cursor?.t(text));
    this.#sax.on('cdata', (text) => this.#cursor?.t(text));
    this.#sax.on('doctype', () => this.#fail('a document type declaration is not allowed in a stream'));
    this.#sax.on('error', () => this.#broken());
  }

  /** Takes the next piece of the stream; never throws. */
  write(text: string): void {
    for (let at = 0; at < text.length && !this.#isOver;) at = this.#readPlain(text, at) ?? this.#feed(text, at);
  }

  /** The end of a stanza that begins here; undefined where it is none for the short way. */
  #readPlain(text: string, at: number): number | undefined {
    if (this.#restedAt !== this.#fed || !text.startsWith(plainStart, at)) return undefined;
    const end = endOfPiece(text, at);
    const stanza = end - at > this.#limits.stanzaSize ? undefined : this.#plain.read(text.slice(at, end));
    if (stanza === undefined) return undefined;
    this.#unreadable = undefined;
    stanza.parent = this.#root ?? null;
    this.emit('element', stanza);
    return end;
  }

  /** Gives the parser below no more than it takes to stand between two stanzas again; returns where it goes on. */
  #feed(text: string, at: number): number {
    const end = endOfPiece(text, at);
    const piece = text.slice(at, end);
    if (this.#isKeepAlive(piece)) return end;
    this.#fed += piece.length;
    this.#sax.write(piece);
    this.#lastCharacter = piece.at(-1) ?? this.#lastCharacter;
    if (this.#size() > this.#limits.stanzaSize * hopelessFactor) this.#fail('a stanza does not end');
    return end;
  }

  /** White space between stanzas: the parser below would collect it until the next tag. */
  #isKeepAlive(text: string): boolean {
    return this.#depth === 0 && !this.#isOpening && this.#lastCharacter === '>' && text.trim() === '';
  }

  #size(): number {
    return this.#depth === 0 && !this.#isOpening ? 0 : this.#sax.position - this.#stanzaStart;
  }

  #opening(tag: SaxesStartTagPlain): void {
    tag.attributes = new Attributes();
    this.#isOpening = true;
    this.#isTagBroken = false;
    if (this.#depth === 0) this.#stanzaStart = this.#sax.position;
  }

  #open(tag: SaxesTagPlain): void {
    if (this.#isOver) return;
    this.#isOpening = false;
    const element = new Element(tag.name, tag.attributes);
    if (this.#root === undefined) return this.#openRoot(element);
    this.#depth += 1;
    if (this.#depth === 1) this.#openStanza(element);
    else this.#openChild(element);
    if (this.#isTagBroken) this.#refuse('not well-formed');
  }

  #openRoot(root: Element): void {
    this.#root = root;
    this.#restedAt = this.#sax.position;
    this.emit('start', root);
  }

  #openStanza(stanza: Element): void {
    this.#unreadable = undefined;
    this.#shell = this.#cursor = stanza;
  }

  #openChild(child: Element): void {
    if (this.#depth > this.#limits.stanzaDepth) this.#refuse('too deep');
    else if (this.#size() > this.#limits.stanzaSize) this.#refuse('too large');
    if (this.#cursor === undefined) return;
    this.#cursor = this.#cursor.cnode(child);
  }

  #close(): void {
    if (this.#isOver) return;
    if (this.#depth === 0) return this.#end();
    if (this.#size() > this.#limits.stanzaSize) this.#refuse('too large');
    this.#depth -= 1;
    if (this.#depth === 0) this.#closeStanza();
    else this.#cursor = this.#cursor?.parent ?? undefined;
  }

  #closeStanza(): void {
    const { shell, reason } = { shell: this.#shell, reason: this.#unreadable };
    this.#cursor = this.#shell = undefined;
    this.#restedAt = this.#sax.position;
    if (shell === undefined) return;
    shell.parent = this.#root ?? null;
    if (reason === undefined) this.emit('element', shell);
    else this.emit('unreadable', shell, reason);
  }

  /** Keeps the start tag, which addresses the answer, and lets go of the content. */
  #refuse(reason: Unreadable): void {
    this.#unreadable ??= reason;
    this.#cursor = undefined;
    if (this.#shell !== undefined) this.#shell.children = [];
  }

  #broken(): void {
    if (this.#isOver) return;
    if (this.#isOpening && this.#root !== undefined) this.#isTagBroken = true;
    else if (this.#depth > 0) this.#refuse('not well-formed');
    else this.#fail('the stream is not well-formed');
  }

  /** An end tag that matches nothing closes everything in the parser below, the root too: then a stanza is still unreadable. */
  #end(): void {
    if (this.#unreadable !== undefined) return this.#fail('the stream is not well-formed');
    this.#isOver = true;
    if (this.#root !== undefined) this.emit('end', this.#root);
  }

  #fail(message: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.emit('error', new Error(message));
  }
}

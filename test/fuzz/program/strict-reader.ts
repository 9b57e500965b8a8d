import { SaxesParser } from 'saxes';

/** An element with its namespaces resolved. */
export interface Tag {
  /** Without prefix. */
  readonly name: string;
  readonly uri: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Tag[];
  text: string;
}

/**
 * Reads a stream as strictly as XML and its namespaces are written down. Not the program's own reading: that one forgives,
 * this one judges.
 */
export class StrictReader {
  /** Receives each stanza. */
  onStanza: (stanza: Tag) => void = () => undefined;
  /** What is wrong with the bytes so far. */
  fault: string | undefined;
  /** The stream's own end tag has come. */
  hasEnded = false;
  /** The deepest nesting of elements within a stanza. */
  deepest = 0;
  readonly #sax = new SaxesParser({ xmlns: true, position: false });
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #open: Tag[] = [];

  constructor() {
    this.#sax.on('opentag', ({ local, uri, attributes }) => {
      const values = Object.entries(attributes).map(([name, { value }]) => [name, value] as const);
      this.#push({ name: local, uri, attributes: Object.fromEntries(values), children: [], text: '' });
    });
    this.#sax.on('closetag', () => this.#pop());
    for (const kind of ['text', 'cdata'] as const) this.#sax.on(kind, (text) => this.#add(text));
    this.#sax.on('doctype', () => (this.fault ??= 'a document type declaration'));
    this.#sax.on('error', (error) => (this.fault ??= error.message));
  }

  write(bytes: Buffer): void {
    if (this.fault !== undefined) return;
    try {
      this.#sax.write(this.#decoder.decode(bytes, { stream: true }));
    } catch (error) {
      this.fault ??= error instanceof Error ? error.message : 'unreadable';
    }
  }

  #push(tag: Tag): void {
    this.#open.push(tag);
    this.deepest = Math.max(this.deepest, this.#open.length - 1);
  }

  #pop(): void {
    const tag = this.#open.pop();
    if (this.fault !== undefined || tag === undefined) return;
    if (this.#open.length === 0) this.hasEnded = true;
    else if (this.#open.length === 1) this.onStanza(tag);
    else this.#open.at(-1)?.children.push(tag);
  }

  #add(text: string): void {
    const tag = this.#open.at(-1);
    if (this.#open.length > 1 && tag !== undefined) tag.text += text;
    else if (text.trim() !== '') this.fault ??= 'text between stanzas';
  }
}

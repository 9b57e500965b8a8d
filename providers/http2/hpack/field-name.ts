import { defaultTableSize, type HeaderField } from './hpack.ts';
import { staticTable } from './static-table.ts';

/** They differ from push to push, so they would only drive others out of the table; and credentials, as Apple wants it and nghttp2 does. */
const neverInserted = new Set(
  'authorization :path apns-id apns-collapse-id apns-expiration content-length encryption crypto-key ttl topic'.split(' '),
);
/** A value may be inserted for every so many times that its name was sent. */
const sendingsAnInsertion = 32;

/** A value of a name in the encoder's dynamic table. */
export interface Entry {
  readonly name: FieldName;
  readonly value: string;
  readonly size: number;
  /** How many were inserted before it. */
  readonly sequence: number;
}

export interface StaticEntry {
  readonly value: string;
  readonly index: number;
}

/**
 * What the encoder knows of a name, among it how much of the table the name may still turn over: at first as much as the
 * table holds, so that what fits is inserted at once, and then one value for every 32 sendings. A value that unexpectedly
 * differs each time so leaves the others in peace, and one that changes seldom is in the table nearly always.
 */
export class FieldName {
  readonly text: string;
  /** Of the name in the static table; 0 where it is not there. */
  readonly index: number;
  readonly statics: readonly StaticEntry[];
  readonly isInserted: boolean;
  readonly entries = new Map<string, Entry>();
  /** Has the name in the dynamic table, as long as any entry has. */
  newest: Entry | undefined;
  #allowance = defaultTableSize;

  constructor(text: string, isRemembered: boolean) {
    this.text = text;
    this.index = staticTable.findIndex(({ name }) => name === text) + 1;
    this.statics = staticTable.flatMap((field, place) => (isFull(field, text) ? { value: field.value, index: place + 1 } : []));
    this.isInserted = isRemembered && !neverInserted.has(text);
  }

  /** Counts a sending of so many octets. */
  earn(size: number): void {
    if (this.#allowance < defaultTableSize) this.#allowance += Math.ceil(size / sendingsAnInsertion);
  }

  /** Whether a field of this size may be inserted. */
  affords(size: number): boolean {
    return this.isInserted && this.#allowance >= size;
  }

  enter(entry: Entry): void {
    this.#allowance -= entry.size;
    this.entries.set(entry.value, entry);
    this.newest = entry;
  }

  /** Entries leave in the order in which they came: with the newest no other is left. */
  leave(entry: Entry): void {
    this.entries.delete(entry.value);
    if (this.newest === entry) this.newest = undefined;
  }
}

function isFull(field: HeaderField, name: string): boolean {
  return field.name === name && field.value !== '';
}

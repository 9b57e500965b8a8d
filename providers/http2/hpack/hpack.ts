// Room: HPACK (RFC 7541), a connection's header lists as octets and back. In: header lists, blocks. Out: blocks, header lists. May enter: wire.

/** SETTINGS_HEADER_TABLE_SIZE where nothing was said (RFC 9113 §6.5.2), and the most that either direction uses here. */
export const defaultTableSize = 4096;

/** Where the dynamic table begins (RFC 7541 §2.3.3). */
export const firstDynamicIndex = 62;

/** A header field with its size in the sense of RFC 7541 §4.1. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  readonly size: number;
}

/** Octets that a field counts for, in a table (RFC 7541 §4.1) and in a list (RFC 9113 §6.5.2). */
export function sizeOf(name: string, value: string): number {
  return name.length + value.length + 32;
}

/** A block that RFC 7541 forbids: what comes after it on the same connection can't be read either. */
export class HpackError extends Error {
  override readonly name = 'HpackError';
}

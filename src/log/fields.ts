import { describeLoggedError } from './error.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { scrubId, scrubText, shortenToken } from './text.ts';

const deepest = 4;
const mostEntries = 50;

type Kind = 'jid' | 'node' | 'token' | 'secret' | 'id';

/** What a field holds, by its name in lower case without hyphens; any other name holds words. */
const kinds: ReadonlyMap<string, Kind> = new Map([
  ...name('jid', 'jid owner account from to sender publisher requester admin admins user contact'),
  ...name('node', 'node nodes'),
  ...name('token', 'token tokens devicetoken devicesecondtoken secondtoken'),
  ...name('secret', 'secret password passphrase key privatekey authorization credentials certificate accesstoken assertion'),
  ...name('secret', 'body text nickname payload encrypted iv sid jingle meet notification title subtitle alert data'),
  ...name('id', 'stanza push id provider endpoint file folder'),
]);

export type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of a line as they may be written: this is the one place that all of them come through, whoever logs and whatever
 * he thought of. People and nodes stand there by pseudonyms, tokens by their first letters, secrets and content not at all;
 * other texts and errors are searched for them. Never throws.
 */
export function protectFields(fields: Fields, pseudonyms: Pseudonyms): Fields {
  return protectEntries(fields, pseudonyms, 0);
}

function protectEntries(fields: Fields, pseudonyms: Pseudonyms, depth: number): Fields {
  const names = Object.keys(fields).slice(0, mostEntries);
  return Object.fromEntries(names.map((key) => [key, protectValue(key, read(fields, key), pseudonyms, depth)]));
}

function protectValue(key: string, value: unknown, pseudonyms: Pseudonyms, depth: number): unknown {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') return protectText(key, value, pseudonyms);
  if (typeof value === 'bigint') return String(value);
  if (kinds.get(normalise(key)) === 'secret') return '[secret]';
  if (value instanceof Error) return describeLoggedError(value, (text) => scrubText(text, pseudonyms));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'object' || depth >= deepest || ArrayBuffer.isView(value)) return `[${typeof value}]`;
  if (!Array.isArray(value)) return protectEntries(value as Fields, pseudonyms, depth + 1);
  return value.slice(0, mostEntries).map((one: unknown) => protectValue(key, one, pseudonyms, depth + 1));
}

function protectText(key: string, text: string, pseudonyms: Pseudonyms): string {
  switch (kinds.get(normalise(key))) {
    case 'jid':
      return pseudonyms.jid(text);
    case 'node':
      return pseudonyms.node(text);
    case 'token':
      return shortenToken(text);
    case 'secret':
      return '[secret]';
    case 'id':
      return scrubId(text, pseudonyms);
    case undefined:
      return scrubText(text, pseudonyms);
  }
}

function normalise(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '');
}

function read(fields: Fields, key: string): unknown {
  try {
    return fields[key];
  } catch {
    // A third party's field that throws when it is read.
    return '[unreadable]';
  }
}

function name(kind: Kind, names: string): readonly (readonly [string, Kind])[] {
  return names.split(' ').map((one) => [one, kind] as const);
}

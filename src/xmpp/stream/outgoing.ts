import type { Element } from '../stanza/xml.ts';
import { parseJid } from '../stanza/jid.ts';

/** Prosody closes the stream above 512 KiB; nothing we answer comes near this. */
const longestStanza = 256 * 1024;

/** What XML 1.0 §2.2 has no characters for, lone surrogates included: any of them makes the server close the stream. */
const illegalCharacters = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** As such they would come back as blanks from attributes (XML 1.0 §3.3.3): an id with a line break has to stay the same id. */
const whiteSpace = /[\t\n\r]/g;

/** Anything but what nearly all answers consist of, and where none of the two above is found. */
const unusualCharacters = /[^\x20-\x7E]/;

/** Why a stanza must not be sent: it would cost the whole connection. */
export type Unsendable = 'no recipient' | 'foreign sender' | 'too large';

/**
 * The text of a stanza that every server accepts: an address on both sides, the sender within the component's domain,
 * legal characters only, bounded (XEP-0114 §3; servers close the stream over each of these).
 */
export function serialise(stanza: Element, domain: string): { readonly text: string } | { readonly unsendable: Unsendable } {
  const { from, to } = stanza.attrs as Record<string, unknown>;
  if (typeof to !== 'string' || to === '') return { unsendable: 'no recipient' };
  if (typeof from !== 'string' || (from !== domain && parseJid(from)?.domain !== domain)) return { unsendable: 'foreign sender' };
  const text = makeLegal(stanza.toString());
  return text.length > longestStanza ? { unsendable: 'too large' } : { text };
}

function makeLegal(text: string): string {
  if (!unusualCharacters.test(text)) return text;
  return text.replace(illegalCharacters, '').replace(whiteSpace, (character) => `&#${character.charCodeAt(0)};`);
}

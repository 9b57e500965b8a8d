import type { Pseudonyms } from './pseudonyms.ts';

const longestText = 1_000;
const shownOfToken = 6;

const pem = /-----BEGIN [\s\S]*?(?:-----END [^-]*-----|$)/g;
const userInfo = /(?<=:\/\/)[^/\s@]*@/g;
const authorization = /\b(bearer|basic|digest|key=)\s*\S+/gi;
/** RFC 7622, as far as it takes to find one in a text; a resource is taken for part of it up to the next white space. */
const jid = /[^\s"'<>@()[\]{},;=:/&…]+@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?(?:\/[^\s"'<>,;)\]}]+)?/gu;
/** Device tokens, nodes, keys, JSON Web Tokens, and anything else in base64 or hexadecimal digits that is as long. */
const random = /(?:[\w-]+:)?[\w+=-]{32,}/g;
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A text that may stand in the log: people by their pseudonyms, of what looks like a token or key only the beginning. */
export function scrubText(text: string, pseudonyms: Pseudonyms): string {
  const start = text.slice(0, 4 * longestText);
  return cut(hideJids(start.replace(pem, '…'), pseudonyms).replace(random, shortenRandom));
}

/** The same for an id that was chosen by somebody else and must be found again: it may look as random as it likes. */
export function scrubId(text: string, pseudonyms: Pseudonyms): string {
  return cut(hideJids(text.slice(0, 4 * longestText), pseudonyms));
}

/** The beginning of a token, enough to tell it from others. */
export function shortenToken(token: string): string {
  return token.length <= shownOfToken ? token : `${token.slice(0, shownOfToken)}…`;
}

function hideJids(text: string, pseudonyms: Pseudonyms): string {
  return text
    .replace(userInfo, '…@')
    .replace(authorization, '$1 …')
    .replace(jid, (found) => pseudonyms.jid(found));
}

function shortenRandom(word: string): string {
  const isWords = !/\d/.test(word) || !/[a-z]/i.test(word);
  return isWords || uuid.test(word) ? word : shortenToken(word);
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

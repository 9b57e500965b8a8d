import type { Push } from '../provider/provider.ts';

const longest = 200;
/** From here on a text is replaced wherever it stands; shorter ones only as words, or a body "ok" would turn "token" into "t…en". */
const tellingLength = 8;

/** The first line of a text, at most 200 characters of it. */
export function shorten(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** The first line of a text about this push, without the words of the push: device tokens, people, content. */
export function redact(text: string, push: Push): string {
  return redactWords(text, secretsOf(push));
}

/** The first line of what a provider says of a text that it took or did not take for a device token, without that text. */
export function redactToken(text: string, token: string): string {
  // Shorter ones are no secret, and hiding "is" would make a riddle of every reason.
  return redactWords(
    text,
    [token, token.trim()].filter((word) => word.length >= tellingLength),
  );
}

function redactWords(text: string, secrets: readonly string[]): string {
  const words = secrets.flatMap(spellings).toSorted((a, b) => b.length - a.length);
  if (!words.some((word) => text.includes(word))) return shorten(text);
  return shorten(text.replace(new RegExp(words.map(buildPattern).join('|'), 'gu'), '…'));
}

function secretsOf({ token, secondToken, account, remembered, notification, sealed }: Push): string[] {
  const { sender, body, nickname, encrypted, jingle, meet } = notification;
  const values = [token, secondToken, account, remembered, sender, body, nickname, encrypted?.payload, encrypted?.iv];
  return [...values, jingle?.sid, meet?.id, meet?.jid, sealed?.vapid?.token]
    .filter((value) => value !== undefined)
    .filter((value) => value !== '');
}

/** As it is, as it stands in an address, and as it stands in JSON. */
function spellings(value: string): string[] {
  return [...new Set([value, encodeURIComponent(value.toWellFormed()), JSON.stringify(value).slice(1, -1)])];
}

function buildPattern(word: string): string {
  const escaped = word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return word.length < tellingLength ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped;
}

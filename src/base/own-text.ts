/**
 * The same text in memory of its own. V8 lets a part of a text point into the whole, which then stays in memory for as long
 * as the part: a name of twenty characters keeps the 64 KiB it came in. So whatever was cut from what came in, and is
 * remembered longer than that, is copied first.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}

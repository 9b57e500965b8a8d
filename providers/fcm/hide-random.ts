const random = /[\w:.-]{32,}/g;

/** A text of the service without device tokens, access tokens and assertions, should it quote any: what is long and has digits and letters. */
export function hideRandom(text: string): string {
  return text.replace(random, (word) => (/\d/.test(word) && /[a-z]/i.test(word) ? '…' : word));
}

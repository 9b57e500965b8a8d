import { shortenToken } from '../../push/tokens/shorten-token.ts';

/** Shorter ones are no tokens of a push service, and hiding "1" would make a riddle of every text. */
const shortestHidden = 8;

/** Shortens these tokens wherever a text holds one, in whatever case: providers and services may quote what they were given. */
export function buildTokenHider(tokens: readonly (string | undefined)[]): (text: string) => string {
  const hidden = tokens.filter((token): token is string => token !== undefined && token.length >= shortestHidden);
  const patterns = hidden.map((token) => ({ pattern: new RegExp(escapePattern(token), 'gi'), short: shortenToken(token) }));
  return (text) => patterns.reduce((rest, { pattern, short }) => rest.replace(pattern, () => short), text);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

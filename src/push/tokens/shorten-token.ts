const shownCharacters = 6;

/** Enough of a token to tell it from others, never all of it. */
export function shortenToken(token: string): string {
  return `${token.slice(0, Math.min(shownCharacters, Math.floor(token.length / 2)))}…`;
}

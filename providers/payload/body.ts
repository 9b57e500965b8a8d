const longest = 512;
const kept = 500;
/** A "character" of a hundred combining marks is somebody's joke, and may be cut. */
const longestCharacter = 40;

/**
 * The message text for a payload: beyond 512 code points the first 500 and an ellipsis. What a reader takes for one
 * character (an emoji family, a letter with its marks) is kept or dropped as a whole.
 */
export function shortenBody(body: string): string {
  if (body.length <= longest) return body.toWellFormed();
  const codePoints = Array.from(body.toWellFormed());
  if (codePoints.length <= longest) return codePoints.join('');
  const head = codePoints.slice(0, kept).join('');
  return `${head.slice(0, boundaryBefore(codePoints.slice(0, kept + longestCharacter).join(''), head.length))}…`;
}

/** The start of the character that the end falls into, or the end itself. */
function boundaryBefore(text: string, end: number): number {
  const start = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text).containing(end)?.index ?? end;
  return end - start > longestCharacter ? end : start;
}

const longest = 512;
const kept = 500;

/** The message text for a payload: beyond 512 characters the first 500 and an ellipsis; no character is split. */
export function shortenBody(body: string): string {
  if (body.length <= longest) return body;
  const characters = Array.from(body);
  return characters.length <= longest ? body : `${characters.slice(0, kept).join('')}…`;
}

/** A clock of ours that is wrong, or a server that is: nobody is told to come back after more than a day. */
const longestMs = 24 * 60 * 60_000;

/**
 * Milliseconds to wait according to a Retry-After header (RFC 9110 §10.2.3), which holds seconds or a date; undefined
 * where there is none that can be read.
 */
export function parseRetryAfter(value: string | readonly string[] | undefined, now: number): number | undefined {
  const text = (typeof value === 'string' ? value : value?.[0])?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1000, longestMs);
  // Only the form with a day's name first: Date.parse reads many a nonsense.
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), longestMs);
}

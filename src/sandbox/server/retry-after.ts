/** The two forms of the header: seconds, or a moment. */
export function formatRetryAfter(retryAfter: number | Date): string {
  return typeof retryAfter === 'number' ? String(retryAfter) : retryAfter.toUTCString();
}

/** As ordered on the command line, in seconds from now: `30` is said as such, `date+30` as a date. Undefined where it is neither. */
export function parseRetryAfter(text: string): number | Date | undefined {
  const [, date, seconds] = /^(date\+)?(\d{1,6})$/.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  return date === undefined ? Number(seconds) : new Date(Date.now() + Number(seconds) * 1000);
}

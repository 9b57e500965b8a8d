import type { Received } from './exchange.ts';

/** The statuses of all responses on a connection. Throws where one is no complete response of HTTP/1.1, or is 5xx. */
export function readResponses({ text, isReset }: Received, mayBeHead: boolean): readonly number[] {
  const statuses: number[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    const [, digits] = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n/.exec(rest) ?? [];
    if (isReset && (digits === undefined || end < 0)) return statuses;
    if (digits === undefined || end < 0) throw new Error(`no response: ${JSON.stringify(rest.slice(0, 200))}`);
    const status = Number(digits);
    if (status >= 500) throw new Error(`answered ${status}`);
    const [head, behind] = [rest.slice(0, end), rest.slice(end + 4)];
    if (status >= 200) statuses.push(status);
    rest = status < 200 ? behind : behind.slice(lengthOf(head, behind, isReset, mayBeHead));
  }
  return statuses;
}

function lengthOf(head: string, behind: string, isReset: boolean, mayBeHead: boolean): number {
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  // Node's own refusal of a request without Host comes in chunks, of which there is only the last.
  if (/^transfer-encoding: chunked$/im.test(head) && behind.startsWith('0\r\n\r\n')) return 5;
  // The response to HEAD tells the length of a body that does not follow.
  if (mayBeHead && (behind === '' || behind.startsWith('HTTP/1.1 '))) return 0;
  if (behind.length < length && !isReset) throw new Error(`a response cut short: ${behind.length} of ${length} bytes`);
  return length;
}

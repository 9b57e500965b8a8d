import { randomUUID } from 'node:crypto';
import type { ComponentStream } from '../stream/stream.ts';
import { xml } from '../stanza/xml.ts';

export interface LivenessOptions {
  /** White space is sent this often; servers and NATs drop what is silent for minutes. */
  readonly keepAliveMs: number;
  /** Silence of the server after which it is asked for a sign of life. */
  readonly quietMs: number;
  /** Between two questions. */
  readonly probeEveryMs: number;
  /** Unanswered questions after which the connection counts as dead. */
  readonly probes: number;
}

/** Ids of our questions begin so. */
export const probeIdPrefix = 'alive-';

/**
 * Watches one stream and abandons it when the peer is gone although TCP has not noticed (frozen, half open). The question is
 * a ping (XEP-0199) to ourselves, which the server routes back, with several connections perhaps over another one; any byte
 * counts as an answer. A server that has never routed such a ping back (`isProven`) is not judged by it. Call the returned
 * function to stop watching.
 */
export function watchLiveness(stream: ComponentStream, domain: string, isProven: () => boolean, options: LivenessOptions): () => void {
  let asked = 0;
  let lastAskedAt = 0;
  const ask = () => {
    asked += 1;
    lastAskedAt = performance.now();
    const id = `${probeIdPrefix}${randomUUID()}`;
    stream.send(xml('iq', { type: 'get', from: domain, to: domain, id }, xml('ping', { xmlns: 'urn:xmpp:ping' })));
  };
  const check = () => {
    if (stream.lastInboundAt > lastAskedAt && isProven()) asked = 0;
    const isQuiet = performance.now() - stream.lastInboundAt >= options.quietMs;
    if (asked < options.probes && (asked > 0 || isQuiet || !isProven())) ask();
    else if (asked >= options.probes && isProven()) stream.abandon('the server gave no sign of life');
  };
  const keepAlive = setInterval(() => stream.keepAlive(), options.keepAliveMs);
  const checker = setInterval(check, options.probeEveryMs);
  return () => {
    clearInterval(keepAlive);
    clearInterval(checker);
  };
}

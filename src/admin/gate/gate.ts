// Room: who may come in: host, origin, token, and how often a wrong one. In: a request. Out: nothing, or a refusal in words. May enter:
// admin.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TokenBuckets } from '../../base/token-buckets.ts';
import { isKnownHost, isOwnPage } from './hosts.ts';

export interface GateOptions {
  readonly token: string;
  /** Names by which it is reached besides addresses, lower case. */
  readonly hosts: readonly string[];
  /** Hears of each wrong token. */
  readonly onWrong: (client: string) => void;
}

export interface Refusal {
  readonly status: 401 | 403 | 421 | 429;
  readonly words: string;
  readonly retryAfterMs?: number;
}

/** Wrong tokens per minute of one address; beyond them nothing from there is looked at, the right one neither. */
const wrongPerMinute = 20;

const wrongHost: Refusal = {
  status: 421,
  words: 'this name does not lead here; behind a reverse proxy add it to hosts under [admin]',
};
const foreignPage: Refusal = { status: 403, words: 'pages of another origin may not ask this' };
const noToken: Refusal = {
  status: 401,
  words: 'a token is needed: Authorization: Bearer TOKEN, with token of [admin] in the configuration',
};
const wrongToken: Refusal = { status: 401, words: 'this is not the token of [admin] in the configuration' };

/** The door of the listener. Pages may be had by whoever reaches it under a known name; what they ask needs the token. */
export class Gate {
  readonly #options: GateOptions;
  readonly #expected: Buffer;
  readonly #wrong = new TokenBuckets(wrongPerMinute);

  constructor(options: GateOptions) {
    this.#options = options;
    this.#expected = digest(options.token);
  }

  /** For every request. */
  checkHost({ headers }: IncomingMessage): Refusal | undefined {
    return isKnownHost(headers.host, this.#options.hosts) ? undefined : wrongHost;
  }

  /** For whatever shows or does something. */
  checkToken({ headers }: IncomingMessage, client: string): Refusal | undefined {
    if (!isOwnPage(headers)) return foreignPage;
    const [, token] = /^Bearer +([^\s]+)$/i.exec(headers.authorization ?? '') ?? [];
    if (token === undefined) return noToken;
    const waitMs = this.#wrong.take(client);
    if (waitMs > 0) return { status: 429, words: 'too many wrong tokens from this address; try again later', retryAfterMs: waitMs };
    if (timingSafeEqual(digest(token), this.#expected)) {
      this.#wrong.giveBack(client);
      return undefined;
    }
    this.#options.onWrong(client);
    return wrongToken;
  }
}

/** Of one length, so that nothing is told by how long a comparison takes. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

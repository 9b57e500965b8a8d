import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** How long a form may lie open on somebody's screen. */
const sessionMs = 15 * 60_000;

export type SessionVerdict = 'valid' | 'expired' | 'forged';

/**
 * The state of a command between two stages, signed into `sessionid`: any connection and any instance with the same
 * component secret can take the next stage, none has to remember anything (servers spread the stanzas of one client over
 * connections). It says which command was asked by whom and when.
 */
export class CommandSessions {
  readonly #key: Buffer;

  constructor(componentSecret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', componentSecret, '', 'reveille command session', 32));
  }

  /** A session id for this command and sender (full JID), good for a quarter of an hour. */
  issue(node: string, sender: string, now = Date.now()): string {
    const issued = now.toString(36);
    return `${issued}.${this.#sign(issued, node, sender)}`;
  }

  verify(sessionId: string, node: string, sender: string, now = Date.now()): SessionVerdict {
    const [issued = '', signature = ''] = sessionId.split('.', 2);
    const expected = Buffer.from(this.#sign(issued, node, sender));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged';
    return now - Number.parseInt(issued, 36) > sessionMs ? 'expired' : 'valid';
  }

  #sign(issued: string, node: string, sender: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([issued, node, sender]))
      .digest('base64url');
  }
}

import { createHash } from 'node:crypto';
import type { Log } from '../../log/log.ts';
import type { Registry } from '../../registry/registry.ts';
import { parseJid } from '../../xmpp/stanza/jid.ts';
import type { RestTools } from './rest-handler.ts';
import { TokenBuckets } from '../../base/token-buckets.ts';

/** All devices that an account may have can be unregistered at once, whoever else is trying his luck. */
const perAccountPerMinute = 30;

/** An account asks too often; there is room again in `waitMs`. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests';
  readonly waitMs: number;

  constructor(waitMs: number) {
    super('too many requests for this account');
    this.waitMs = waitMs;
  }
}

export interface RestToolsParts {
  /** Domain of the component, lower case. */
  readonly component: string;
  readonly registry: Pick<Registry, 'unregisterToken'>;
  readonly log: Log;
  /** A token as the providers may have registered it; as it is where not given. */
  readonly spellToken?: (text: string) => readonly string[];
  /** Told what came of each attempt to unregister a device, by the name of the command that does the same. Must not throw. */
  readonly onUnregister?: (command: 'unregister-device', result: 'completed' | 'item-not-found') => void;
}

/** One for all handlers and requests: the limit per account holds across them. */
export function buildRestTools({ component, registry, log, onUnregister, spellToken = (text) => [text] }: RestToolsParts): RestTools {
  const accounts = new TokenBuckets(perAccountPerMinute);
  return {
    component,
    log,
    parseAccount,
    async unregister({ account, token }) {
      // A digest, because an account may be three kilobytes long. The limit comes before the database, which knows who has an account.
      const waitMs = accounts.take(createHash('sha256').update(account).digest('base64'));
      if (waitMs > 0) throw new TooManyRequests(waitMs);
      const isKnown = await registry.unregisterToken({ owner: account, tokens: spellToken(token) });
      onUnregister?.('unregister-device', isKnown ? 'completed' : 'item-not-found');
      return isKnown;
    },
  };
}

function parseAccount(value: unknown): string | undefined {
  const jid = typeof value === 'string' ? parseJid(value) : undefined;
  return jid !== undefined && jid.local !== '' && jid.resource === '' ? jid.bare : undefined;
}

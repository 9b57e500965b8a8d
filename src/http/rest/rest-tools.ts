import { createHash } from 'node:crypto';
import type { Log } from '../../log/log.ts';
import type { Registry } from '../../registry/registry.ts';
import { parseJid } from '../../xmpp/stanza/jid.ts';
import type { PushAppserver, RestTools } from './rest-handler.ts';
import { TokenBuckets } from '../../base/token-buckets.ts';

/** All devices that an account may have can be unregistered at once, whoever else is trying his luck. */
const perAccountPerMinute = 30;
/** New devices of one address that nobody vouches for: a mobile operator's customers, and little use to somebody who fills tables. */
const newDevicesPerDay = 200;
const minutesPerDay = 24 * 60;

/** An account or an address asks too often; there is room again in `waitMs`. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests';
  readonly waitMs: number;

  constructor(waitMs: number) {
    super('too many requests');
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
  /** Where its HTTP API is wanted. */
  readonly pushAppserver?: PushAppserver | undefined;
}

/** One for all handlers and requests: the limit per account holds across them. */
export function buildRestTools(parts: RestToolsParts): RestTools {
  const { component, registry, log, onUnregister, pushAppserver, spellToken = (text: string): readonly string[] => [text] } = parts;
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
    ...(pushAppserver === undefined ? {} : { pushAppserver: boundNewDevices(pushAppserver) }),
  };
}

function boundNewDevices(pushAppserver: PushAppserver): NonNullable<RestTools['pushAppserver']> {
  const clients = new TokenBuckets(newDevicesPerDay / minutesPerDay, newDevicesPerDay);
  return {
    ...pushAppserver,
    register: (device, client) =>
      pushAppserver.register(device, () => {
        const waitMs = clients.take(client);
        if (waitMs > 0) throw new TooManyRequests(waitMs);
      }),
  };
}

function parseAccount(value: unknown): string | undefined {
  const jid = typeof value === 'string' ? parseJid(value) : undefined;
  return jid !== undefined && jid.local !== '' && jid.resource === '' ? jid.bare : undefined;
}

// Room: what instances say to each other. In: texts. Out: the same, to all instances in one order. May enter: registry.
import { hkdfSync, randomBytes } from 'node:crypto';
import { buildSealingKey, seal, unseal } from '../credentials/seal.ts';
import type { Database, Statement } from '../postgres/database.ts';

const channel = 'reveille_local_push';

/** Value: payloads, each below 8000 bytes. They are heard in this order, at commit. */
const notifyAll: Statement = {
  name: 'local-push-say',
  text: `SELECT count(pg_notify('${channel}', said.payload)) FROM unnest($1::text[]) WITH ORDINALITY AS said (payload, place)`,
};

const keyBytes = 32;

/**
 * Notifications of the database, on a channel of their own, for those instances that ask for it. Texts of up to 5900 bytes: sealed and in
 * base64 they stay below what a notification may have.
 */
export interface InstanceWire {
  hear(handlers: { readonly onPayload: (text: string) => void; readonly onReset: () => void }): Promise<void>;
  say(texts: readonly string[]): Promise<void>;
}

/**
 * Takes a connection with the first `hear`; ends with the database. What is said is sealed with a key made of `secret`, because it may be
 * a push, and the database writes statements into logs: instances with another secret hear nothing of each other, and nobody else can
 * speak for one. Without a secret only this instance hears itself.
 */
export function createWire(database: Database, secret: string | undefined): InstanceWire {
  const root = secret ?? randomBytes(keyBytes);
  const key = buildSealingKey(Buffer.from(hkdfSync('sha256', root, '', 'reveille instances', keyBytes)));
  return {
    hear: ({ onPayload, onReset }) =>
      database.listen(channel, {
        onPayload: (payload) => {
          const text = unseal(Buffer.from(payload, 'base64'), channel, key);
          if (text !== undefined) onPayload(text.toString());
        },
        onReset,
      }),
    say: async (texts) => {
      await database.query(notifyAll, [texts.map((text) => seal(Buffer.from(text), channel, key).toString('base64'))]);
    },
  };
}

// Room: what instances say to each other. In: texts. Out: the same, to all instances in one order. May enter: registry.
import type { Database, Statement } from '../postgres/database.ts';

const channel = 'reveille_local_push';

/** Value: payloads, each below 8000 bytes. They are heard in this order, at commit. */
const notifyAll: Statement = {
  name: 'local-push-say',
  text: `SELECT count(pg_notify('${channel}', said.payload)) FROM unnest($1::text[]) WITH ORDINALITY AS said (payload, place)`,
};

/** Notifications of the database, on a channel of their own, for those instances that ask for it. */
export interface InstanceWire {
  hear(handlers: { onPayload(text: string): void; onReset(): void }): Promise<void>;
  say(texts: readonly string[]): Promise<void>;
}

/** Takes a connection with the first `hear`; ends with the database. */
export function createWire(database: Database): InstanceWire {
  return {
    hear: (handlers) => database.listen(channel, handlers),
    say: async (texts) => {
      await database.query(notifyAll, [texts]);
    },
  };
}

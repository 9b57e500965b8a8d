import { Client } from 'pg';
import { serviceNames, type ServiceName } from '../device.ts';
import type { Service } from './service.ts';

const limitMs = 60_000;

/** What waits in the database, read from outside. */
export interface Backlog {
  /** By service. */
  count(): Promise<Readonly<Record<ServiceName, number>>>;
  /** How many of those for this service were published before. */
  countOlder(service: ServiceName, than: Date): Promise<number>;
  /** Nodes for which something waits. */
  readNodes(): Promise<ReadonlySet<string>>;
  countDevices(): Promise<number>;
  close(): Promise<void>;
}

/** Settles when connected. Whoever opens it closes it. */
export async function openBacklog(url: string, services: Readonly<Record<ServiceName, Service>>): Promise<Backlog> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: limitMs, query_timeout: limitMs });
  client.on('error', () => undefined); // what is lost here rejects the next query
  await client.connect();
  const ask = async (text: string, ...values: readonly unknown[]) => (await client.query<Record<string, unknown>>(text, [...values])).rows;
  return {
    async count() {
      const rows = await ask('SELECT provider, count(*) AS pushes FROM deferred WHERE expires_at > now() GROUP BY provider');
      const of = (name: ServiceName) => Number(rows.find(({ provider }) => provider === services[name].provider)?.['pushes'] ?? 0);
      const [apns, fcm] = serviceNames.map(of);
      return { apns: apns ?? 0, fcm: fcm ?? 0 };
    },
    async countOlder(service, than) {
      const [row] = await ask(
        'SELECT count(*) AS pushes FROM deferred WHERE provider = $1 AND published_at < $2 AND expires_at > now()',
        services[service].provider,
        than,
      );
      return Number(row?.['pushes']);
    },
    async readNodes() {
      const rows = await ask('SELECT DISTINCT node FROM deferred WHERE expires_at > now()');
      return new Set(rows.map(({ node }) => String(node)));
    },
    countDevices: async () => Number((await ask('SELECT count(*) AS devices FROM devices'))[0]?.['devices']),
    close: () => client.end(),
  };
}

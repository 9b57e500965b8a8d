import type { Database, Row, Statement } from '../postgres/database.ts';
import type { Device, DeviceDialect, Registration } from './device.ts';
import { notifyOf, parseText } from './table.ts';
import { buildTokenKey } from './token-key.ts';

/** A device with the node that another app server gave it. */
export type ImportedDevice = Omit<Device, 'note' | 'registeredAt'> & { readonly registeredAt: Date | undefined };

/** By their nodes; those in none of the sets stand for a phone that has registered anew since, under another node. */
export interface ImportedNodes {
  /** Added, or where nothing was written: would be. */
  readonly added: ReadonlySet<string>;
  /** Were there before. */
  readonly present: ReadonlySet<string>;
}

/**
 * The handle of a device whose client's own word for it is unknown, but what its app looks for in a push is: when that client registers
 * again, it is found by this (`adoptDevice`).
 */
export function buildImportedHandle({ name, keys }: Pick<DeviceDialect, 'name' | 'keys'>): string {
  const pairs = Object.entries(keys).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [name, 'imported', ...pairs.map(([key, value]) => `${key}=${value}`)].join(' ');
}

/** A push service that calls a token dead since some day is right about a device of which nobody knows when it registered. */
const unknownDate = new Date(0);

const given = `unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::jsonb[], $11::timestamptz[])
    AS given (node, owner, provider, token, token_key, second_token, secret, dialect, handle, app_keys, registered_at)`;

/** Values: a column each, as in `given`. Adds what clashes with nothing, and tells every instance. */
const addDevices: Statement = {
  name: 'devices-import',
  text: `WITH known AS (
    SELECT node FROM devices WHERE node = ANY ($1::text[])
  ), added AS (
    INSERT INTO devices (node, owner, provider, token, token_key, second_token, secret, dialect, handle, app_keys, registered_at)
    SELECT * FROM ${given}
    ON CONFLICT DO NOTHING RETURNING node
  ) SELECT ARRAY(SELECT node FROM added) AS added, ARRAY(SELECT node FROM known) AS known, ${notifyOf('added')}`,
};

/** The same values, and nothing is written. */
const compareDevices: Statement = {
  name: 'devices-import-compare',
  text: `SELECT ARRAY(SELECT node FROM devices WHERE node = ANY ($1::text[])) AS known, ARRAY(
    SELECT given.node FROM ${given} WHERE NOT EXISTS (SELECT FROM devices WHERE devices.node = given.node
      OR (devices.owner = given.owner AND devices.provider = given.provider AND devices.token_key = given.token_key AND devices.handle = given.handle)
      OR (devices.owner = given.owner AND devices.provider = given.provider AND devices.handle = given.handle AND given.handle <> ''))
  ) AS added`,
};

/**
 * Adds devices with the nodes and secrets they have; whatever is there already stays as it is, so that the same again changes nothing.
 * With `isDry` nothing is written. Rejects with DatabaseUnavailable, and then none of these was added.
 */
export async function importDevices(
  database: Pick<Database, 'query'>,
  devices: readonly ImportedDevice[],
  isDry: boolean,
): Promise<ImportedNodes> {
  const [row] = await database.query(isDry ? compareDevices : addDevices, buildColumns(devices));
  if (row === undefined) throw new TypeError('an import returned no row');
  return { added: readNodes(row, 'added'), present: readNodes(row, 'known') };
}

function buildColumns(devices: readonly ImportedDevice[]): readonly unknown[] {
  const column = (read: (device: ImportedDevice) => unknown): readonly unknown[] => devices.map(read);
  return [
    column(({ node }) => node),
    column(({ owner }) => owner),
    column(({ provider }) => provider),
    column(({ token }) => token),
    column(({ token }) => buildTokenKey(token)),
    column(({ secondToken }) => secondToken ?? null),
    column(({ secret }) => secret ?? null),
    column(({ dialect }) => dialect?.name ?? 'tigase'),
    column(({ dialect }) => dialect?.handle ?? ''),
    column(({ dialect }) => JSON.stringify(dialect?.keys ?? {})),
    column(({ registeredAt }) => registeredAt ?? unknownDate),
  ];
}

function readNodes(row: Row, column: string): ReadonlySet<string> {
  const nodes = row[column];
  if (!Array.isArray(nodes)) throw new TypeError(`column ${column} is not an array`);
  return new Set(nodes.map(String));
}

/** Values: owner, provider, handle, domain of the owner, handle that the import made. */
const adopt: Statement = {
  name: 'devices-adopt',
  text: `WITH adopted AS (
    UPDATE devices SET owner = $1, handle = $3 WHERE owner = $4 AND provider = $2 AND handle = $5
      AND NOT EXISTS (SELECT FROM devices WHERE owner = $1 AND provider = $2 AND handle = $3)
    RETURNING node
  ) SELECT node, ${notifyOf('adopted')} FROM adopted`,
};

/**
 * An app server that kept no accounts, but the domain and what the app looks for, left a device that belongs to its domain. Its client
 * registers again: from here on it is that account's, with its node and secret. Nobody else can come by it, as the keys are digests of
 * account and device. Settles with the nodes that changed.
 */
export async function adoptDevice(
  database: Pick<Database, 'query'>,
  { owner, provider, dialect }: Registration,
): Promise<readonly string[]> {
  if (dialect === undefined || Object.keys(dialect.keys).length === 0) return [];
  const rows = await database.query(adopt, [owner, provider, dialect.handle, domainOf(owner), buildImportedHandle(dialect)]);
  return rows.map((row) => parseText(row, 'node'));
}

export function domainOf(owner: string): string {
  return owner.slice(owner.indexOf('@') + 1);
}

import type { Database, Row, Statement } from '../postgres/database.ts';
import type { Device, DeviceDialect, Registration } from './device.ts';
import { buildNode } from './node.ts';
import { notifyOf, parseNames } from './table.ts';
import { buildTokenKey } from './token-key.ts';

/**
 * A device with the node that another app server gave it. Without a dialect its token tells it from others behind the same node, with one
 * its node is its alone.
 */
export type ImportedDevice = Omit<Device, 'note' | 'registeredAt' | 'behind'> & { readonly registeredAt: Date | undefined };

/** By their places in the list; those in none of the sets stand for a phone that has registered anew since, under another node. */
export interface Imported {
  /** Added, or where nothing was written: would be. */
  readonly added: ReadonlySet<number>;
  /** Were there before. */
  readonly present: ReadonlySet<number>;
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

/**
 * Values: a column each, as in `given`; `spare` is a new node. Of each one that is to be added `placed` has its place in the list and its
 * own node: that which it came with, or the spare one where another device of the same owner has that already, or comes before it. The
 * table is asked by lists of values and never joined, and the statements have no name, so that they are planned each time: while the table
 * grows from nothing the planner may know no better than to read all of it, which is quick only once, and with a list that it knows.
 */
const placing = `given AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[],
      $10::jsonb[], $11::timestamptz[], $12::text[]) WITH ORDINALITY
      AS given (node, owner, provider, token, token_key, second_token, secret, dialect, handle, app_keys, registered_at, spare, place)
  ), holders AS MATERIALIZED (
    SELECT node, owner FROM devices WHERE node = ANY ($1::text[])
  ), companions AS MATERIALIZED (
    SELECT behind AS node, owner FROM devices WHERE behind = ANY ($1::text[])
  ), registered AS MATERIALIZED (
    SELECT node, behind, owner, provider, token_key, handle FROM devices WHERE provider = ANY ($3::text[]) AND token_key = ANY ($5::bytea[])
  ), seen AS (
    SELECT given.*, holders.owner AS holder, same.node AS same, given.node IN (same.node, same.behind)
      OR (given.handle <> '' AND holders.node IS NOT NULL) AS is_known
    FROM given LEFT JOIN holders ON holders.node = given.node
      LEFT JOIN registered AS same ON same.owner = given.owner AND same.provider = given.provider AND same.token_key = given.token_key
        AND same.handle = given.handle
  ), free AS (
    SELECT *, row_number() OVER named AS turn, first_value(owner) OVER named AS first_owner,
      row_number() OVER (PARTITION BY owner, provider, token_key, handle ORDER BY place) AS mention
    FROM seen WHERE is_known IS NOT TRUE AND same IS NULL
    WINDOW named AS (PARTITION BY node ORDER BY place)
  ), placed AS (
    SELECT *, CASE WHEN turn = 1 AND holder IS NULL THEN node ELSE spare END AS own FROM free
    WHERE mention = 1 AND CASE WHEN handle <> '' THEN turn = 1 ELSE owner = first_owner AND coalesce(holder = owner, true)
      AND NOT EXISTS (SELECT FROM companions WHERE companions.node = free.node AND companions.owner <> free.owner) END
  )`;

const placesOf = (name: string, places: string): string => `ARRAY(SELECT (place - 1)::int ${places}) AS ${name}`;

/** Adds what clashes with nothing, and tells every instance. */
const addDevices: Statement = {
  name: '',
  text: `WITH ${placing}, added AS (
    INSERT INTO devices (node, behind, owner, provider, token, token_key, second_token, secret, dialect, handle, app_keys, registered_at)
    SELECT own, nullif(node, own), owner, provider, token, token_key, second_token, secret, dialect, handle, app_keys, registered_at
    -- Two imports at once wait for each other's rows in one order only.
    FROM placed ORDER BY place
    ON CONFLICT DO NOTHING RETURNING node, behind
  ) SELECT ${placesOf('added', 'FROM placed WHERE own IN (SELECT node FROM added)')}, ${placesOf('present', 'FROM seen WHERE is_known')},
    ${notifyOf('added')}`,
};

/** The same values, and nothing is written. */
const compareDevices: Statement = {
  name: '',
  text: `WITH ${placing} SELECT ${placesOf(
    'added',
    `FROM placed WHERE handle = '' OR NOT EXISTS (SELECT FROM devices WHERE devices.owner = placed.owner AND devices.provider = placed.provider
      AND devices.handle = placed.handle)`,
  )}, ${placesOf('present', 'FROM seen WHERE is_known')}`,
};

/**
 * Adds devices with the nodes and secrets they have; whatever is there already stays as it is, so that the same again changes nothing.
 * With `isDry` nothing is written. Rejects with DatabaseUnavailable, and then none of these was added.
 */
export async function importDevices(
  database: Pick<Database, 'query'>,
  devices: readonly ImportedDevice[],
  isDry: boolean,
): Promise<Imported> {
  const [row] = await database.query(isDry ? compareDevices : addDevices, buildColumns(devices));
  if (row === undefined) throw new TypeError('an import returned no row');
  return { added: readPlaces(row, 'added'), present: readPlaces(row, 'present') };
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
    column(buildNode),
  ];
}

function readPlaces(row: Row, column: string): ReadonlySet<number> {
  const places = row[column];
  if (!Array.isArray(places)) throw new TypeError(`column ${column} is not an array`);
  return new Set(places.map(Number));
}

/** Values: owner, provider, handle, domain of the owner, handle that the import made. */
const adopt: Statement = {
  name: 'devices-adopt',
  text: `WITH adopted AS (
    UPDATE devices SET owner = $1, handle = $3 WHERE owner = $4 AND provider = $2 AND handle = $5
      AND NOT EXISTS (SELECT FROM devices WHERE owner = $1 AND provider = $2 AND handle = $3)
    RETURNING node, behind
  ) SELECT node, behind, ${notifyOf('adopted')} FROM adopted`,
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
  return rows.flatMap(parseNames);
}

export function domainOf(owner: string): string {
  return owner.slice(owner.indexOf('@') + 1);
}

import type { Row, Statement } from '../postgres/database.ts';
import type { Device, FoundDevice } from './device.ts';

/** Payload of a notification: node names, one a line. */
export const changesChannel = 'reveille_devices';

export const columns = 'node, owner, provider, token, second_token, secret, note, registered_at, dialect, handle, app_keys, behind';
/** A payload stays below 8000 bytes: a node has at most 256. */
const nodesPerPayload = 30;

/** Tells every instance, at commit, that these nodes changed, and those behind which they stand; `changed` has the columns node and behind. */
export function notifyOf(changed: string): string {
  return `(SELECT count(pg_notify('${changesChannel}', nodes)) FROM (
    SELECT string_agg(name, E'\\n') AS nodes
    FROM (SELECT name, (row_number() OVER () - 1) / ${nodesPerPayload} AS part
      FROM ${changed}, unnest(ARRAY[node, behind]) AS name WHERE name IS NOT NULL) AS numbered
    GROUP BY part) AS payloads) AS notified`;
}

/**
 * Values: new node, owner, provider, token, token key, second token, secret, devices per owner, dialect, handle, keys of the app.
 * A secret that a server may still hold stays, unless the client now registers without one. The other devices of the owner are
 * seen as they were before this statement; registrations of one token count as one device.
 */
function buildRegister(name: string, known: string): Statement {
  return {
    name,
    text: `WITH registered AS (
      INSERT INTO devices (node, owner, provider, token, token_key, second_token, secret, dialect, handle, app_keys)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $9, $10, $11)
      ON CONFLICT ${known} DO UPDATE SET
        token = EXCLUDED.token,
        token_key = EXCLUDED.token_key,
        second_token = EXCLUDED.second_token,
        secret = CASE WHEN EXCLUDED.secret IS NULL THEN NULL ELSE coalesce(devices.secret, EXCLUDED.secret) END,
        app_keys = EXCLUDED.app_keys,
        registered_at = now(),
        used_at = now()
      RETURNING ${columns}
    ), others AS (
      SELECT provider, token_key FROM devices WHERE owner = $2 AND (provider, token_key) <> ($3, $5)
      GROUP BY provider, token_key ORDER BY max(used_at) DESC, token_key OFFSET $8::bigint - 1
    ), surplus AS (
      DELETE FROM devices WHERE node IN (
        SELECT node FROM devices WHERE owner = $2 AND (provider, token_key) IN (SELECT provider, token_key FROM others)
        UNION ALL
        (SELECT node FROM devices WHERE owner = $2 AND provider = $3 AND token_key = $5 AND handle <> $10
         ORDER BY used_at DESC, node OFFSET ${handlesPerDevice} - 1))
      RETURNING node, behind
    ), changed AS (
      SELECT node, behind FROM surplus UNION ALL SELECT node, behind FROM registered WHERE node <> $1
    )
    SELECT ${columns}, array_remove(ARRAY(SELECT unnest(ARRAY[node, behind]) FROM changed), NULL) AS changed, ${notifyOf('changed')} FROM registered`,
  };
}

/** Group chats that one device may ask to be woken for; beyond it the one unused longest gives way. */
const handlesPerDevice = 200;

/** Tigase's dialect: a device is its token. */
export const registerDevice = buildRegister('devices-register', '(owner, provider, token_key, handle)');
/** The others: a device is what its client calls it, and its token may be a new one. */
export const registerHandle = buildRegister('devices-register-handle', "(owner, provider, handle) WHERE handle <> ''");

/** Values: owner, handle; domain of the owner, and the handle that an import made, or nothing. */
export const unregisterHandle: Statement = {
  name: 'devices-unregister-handle',
  text: `WITH removed AS (
    DELETE FROM devices WHERE handle <> '' AND ((owner = $1 AND handle = $2) OR (owner = $3 AND handle = $4)) RETURNING node, behind
  ) SELECT node, behind, ${notifyOf('removed')} FROM removed`,
};

/** Values: owner, provider, token key. */
export const unregisterDevice: Statement = {
  name: 'devices-unregister',
  text: `WITH removed AS (
    DELETE FROM devices WHERE owner = $1 AND provider = $2 AND token_key = $3 RETURNING node, behind
  ) SELECT node, behind, ${notifyOf('removed')} FROM removed`,
};

/** Values: owner, token keys. */
export const unregisterToken: Statement = {
  name: 'devices-unregister-token',
  text: `WITH removed AS (
    DELETE FROM devices WHERE owner = $1 AND token_key = ANY ($2::bytea[]) RETURNING node, behind
  ) SELECT node, behind, ${notifyOf('removed')} FROM removed`,
};

/** Values: provider, token key, since. */
export const forgetDevices: Statement = {
  name: 'devices-forget',
  text: `WITH removed AS (
    DELETE FROM devices WHERE provider = $1 AND token_key = $2 AND registered_at <= $3 RETURNING ${columns}
  ) SELECT ${columns}, ${notifyOf('removed')} FROM removed`,
};

/** Values: node, note. */
export const noteDevice: Statement = {
  name: 'devices-note',
  text: `WITH noted AS (
    UPDATE devices SET note = $2 WHERE node = $1 AND note IS DISTINCT FROM $2 RETURNING node, behind
  ) SELECT node, behind, ${notifyOf('noted')} FROM noted`,
};

/** Value: node. That of the device whose own node it is, and those that stand behind it; two looks into an index each. */
export const findDevices: Statement = {
  name: 'devices-find',
  text: `SELECT ${columns} FROM devices WHERE node = $1 UNION ALL SELECT ${columns} FROM devices WHERE behind = $1`,
};

/**
 * Value: nodes. Rows that another instance holds are skipped: it is writing the same, or they are being removed. The 23
 * hours leave room for clocks and for the minute between two writes.
 */
export const touchDevices: Statement = {
  name: 'devices-touch',
  text: `UPDATE devices SET used_at = now() WHERE node IN (
    SELECT node FROM devices WHERE node = ANY($1::text[]) AND used_at < now() - interval '23 hours' FOR NO KEY UPDATE SKIP LOCKED)`,
};

export const askNothing: Statement = { name: 'ping', text: 'SELECT 1' };

export function parseDevice(row: Row): Device {
  return {
    node: parseText(row, 'node'),
    owner: parseText(row, 'owner'),
    provider: parseText(row, 'provider'),
    token: parseText(row, 'token'),
    secondToken: parseOptionalText(row, 'second_token'),
    secret: parseOptionalText(row, 'secret'),
    note: parseOptionalText(row, 'note'),
    registeredAt: parseDate(row, 'registered_at'),
    ...parseDialect(row),
    ...(row['behind'] === null ? {} : { behind: parseText(row, 'behind') }),
  };
}

/** What a node leads to, by the rows of `findDevices`: first the device whose own node it is, where it is still there. */
export function parseFound(rows: readonly Row[]): FoundDevice | undefined {
  const [first, ...others] = rows.map(parseDevice).toSorted((a, b) => Number(a.behind !== undefined) - Number(b.behind !== undefined));
  return first === undefined || others.length === 0 ? first : { ...first, companions: others };
}

function parseDialect(row: Row): Pick<Device, 'dialect'> {
  const handle = parseText(row, 'handle');
  if (handle === '') return {};
  const keys = row['app_keys'];
  if (typeof keys !== 'object' || keys === null) throw new TypeError('column app_keys is not an object');
  return { dialect: { name: parseText(row, 'dialect'), handle, keys: keys as Readonly<Record<string, string>> } };
}

/** Under which a device that changed may be remembered: its own node, and the one behind which it stands. */
export function parseNames(row: Row): readonly string[] {
  return row['behind'] === null ? [parseText(row, 'node')] : [parseText(row, 'node'), parseText(row, 'behind')];
}

export function parseNodes(row: Row): readonly string[] {
  const nodes = row['changed'];
  if (!Array.isArray(nodes)) throw new TypeError('column changed is not an array');
  return nodes.map(String);
}

export function parseText(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} is not text`);
  return value;
}

function parseOptionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : parseText(row, column);
}

export function parseDate(row: Row, column: string): Date {
  const value = row[column];
  if (!(value instanceof Date)) throw new TypeError(`column ${column} is not a date`);
  return value;
}

import type { Database, Statement } from '../postgres/database.ts';
import type { Device } from './device.ts';
import { columns, notifyOf, parseDate, parseDevice, parseText } from './table.ts';
import type { DeviceFilter, DevicePage, ListedDevice } from '../registry.ts';
import { buildTokenKey } from './token-key.ts';

/** As the index devices_owner_domain has it. */
const ownerDomain = `substr(owner, strpos(owner, '@') + 1)`;

const conditions: Readonly<Record<keyof DeviceFilter, (value: string) => string>> = {
  node: (value) => `(node = ${value} OR behind = ${value})`,
  ownNode: (value) => `node = ${value}`,
  owner: (value) => `owner = ${value}`,
  domain: (value) => `${ownerDomain} = ${value}`,
  provider: (value) => `provider = ${value}`,
  dialect: (value) => `dialect = ${value}`,
  token: (value) => `token_key = ${value}`,
};

const dialectsCount: Statement = {
  name: 'devices-count-dialects',
  text: 'SELECT dialect, count(*) AS devices FROM devices GROUP BY dialect ORDER BY dialect',
};

/** The index devices_owner_domain is enough for it. */
const domainsCount: Statement = {
  name: 'devices-count-domains',
  text: `SELECT ${ownerDomain} AS domain, count(*) AS devices FROM devices GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $1`,
};

/** The order of the unique index devices_registration, so that a page costs what it holds. */
const order = 'owner, provider, token_key, handle';

/** By provider id; those without devices are absent. Rejects with DatabaseUnavailable, as the other two do. */
export async function countDevices(database: Database, filter: DeviceFilter): Promise<ReadonlyMap<string, number>> {
  if (isImpossible(filter)) return new Map();
  const { name, where, values } = buildWhere(filter);
  const statement: Statement = {
    name: `devices-count${name}`,
    text: `SELECT provider, count(*) AS devices FROM devices ${where} GROUP BY provider ORDER BY provider`,
  };
  const rows = await database.query(statement, values);
  return new Map(rows.map((row) => [parseText(row, 'provider'), Number(row['devices'])]));
}

/** By dialect; those without devices are absent. */
export async function countDialects(database: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query(dialectsCount);
  return new Map(rows.map((row) => [parseText(row, 'dialect'), Number(row['devices'])]));
}

/** By domain of the owner, the largest first. */
export async function countDomains(database: Database, limit: number): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query(domainsCount, [limit]);
  return new Map(rows.map((row) => [parseText(row, 'domain'), Number(row['devices'])]));
}

/** One page, in the order of owner, provider and token. */
export async function listDevices(
  database: Database,
  filter: DeviceFilter,
  { limit, after }: DevicePage,
): Promise<readonly ListedDevice[]> {
  if (isImpossible(filter)) return [];
  const key = after === undefined ? [] : [after.owner, after.provider, buildTokenKey(after.token), after.dialect?.handle ?? ''];
  const { name, where, values } = buildWhere(filter, key);
  const statement: Statement = {
    name: `devices-list${name}`,
    text: `SELECT ${columns}, used_at FROM devices ${where} ORDER BY ${order} LIMIT $${values.length + 1}`,
  };
  const rows = await database.query(statement, [...values, limit]);
  return rows.map((row) => ({ ...parseDevice(row), usedAt: parseDate(row, 'used_at') }));
}

/** Removes at most `limit` and tells every instance; throws a RangeError for a filter that leaves out everything. */
export async function removeDevices(database: Database, filter: DeviceFilter | 'all', limit: number): Promise<readonly Device[]> {
  const chosen = filter === 'all' ? {} : filter;
  if (isImpossible(chosen)) return [];
  const { name, where, values } = buildWhere(chosen);
  if (filter !== 'all' && where === '') throw new RangeError('a removal without a condition would remove every device');
  const statement: Statement = {
    name: `devices-remove${name}`,
    text: `WITH removed AS (
      DELETE FROM devices WHERE node IN (
        -- Two removals at once take different devices, in one order.
        SELECT node FROM devices ${where} ORDER BY node LIMIT $${values.length + 1} FOR UPDATE
      ) RETURNING ${columns}
    ) SELECT ${columns}, ${notifyOf('removed')} FROM removed`,
  };
  const rows = await database.query(statement, [...values, limit]);
  return rows.map(parseDevice);
}

interface Where {
  /** Tells the texts of different filters apart: one statement name always stands for the same text. */
  readonly name: string;
  readonly where: string;
  readonly values: readonly unknown[];
}

function buildWhere(filter: DeviceFilter, after: readonly unknown[] = []): Where {
  const given = (Object.keys(conditions) as (keyof DeviceFilter)[]).filter((key) => filter[key] !== undefined);
  const terms = given.map((key, i) => conditions[key](`$${i + 1}`));
  const place = given.length;
  if (after.length > 0) terms.push(`(${order}) > ($${place + 1}, $${place + 2}, $${place + 3}, $${place + 4})`);
  return {
    name: [...given, ...(after.length > 0 ? ['after'] : [])].map((key) => `-${key}`).join(''),
    where: terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`,
    values: [...given.map((key) => valueOf(key, filter[key])), ...after],
  };
}

/** Tokens are compared by their key. */
function valueOf(key: keyof DeviceFilter, value: string | undefined): unknown {
  return key === 'token' && value !== undefined ? buildTokenKey(value) : value;
}

/** PostgreSQL refuses NUL in text: nothing stored can have it. */
function isImpossible(filter: DeviceFilter): boolean {
  return Object.values(filter).some((value: string | undefined) => value?.includes('\0') === true);
}

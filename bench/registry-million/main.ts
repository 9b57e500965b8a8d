// A million devices on the embedded PostgreSQL: how fast they register and are looked up, what they take on disk and in memory.
// node bench/registry-million/main.ts [devices]
import { randomBytes, randomInt } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/log/log.ts';
import { createRegistry } from '../../src/registry/create-registry.ts';
import type { Database, Statement } from '../../src/registry/postgres/database.ts';
import type { Device } from '../../src/registry/devices/device.ts';
import { migrate } from '../../src/registry/postgres/migrate.ts';
import { openDatabase } from '../../src/registry/open.ts';
import type { Registry } from '../../src/registry/registry.ts';

const total = Number(process.argv[2] ?? 1_000_000);
const throughRegister = Math.min(total, 100_000);
const lookups = 100_000;
const atOnce = 50;
const bulkPortion = 10_000;
const batch = 1_000;
const smallDomain = 'small.example';
const log = createLog('silent');

/** The same columns that a registration fills, for many at once. */
const bulk: Statement = {
  name: 'bulk-register',
  text: `INSERT INTO devices (node, owner, provider, token, token_key, second_token)
    SELECT 'bulk' || lpad(n::text, 28, '0'), 'user' || n % 400000 || CASE n % 1000 WHEN 0 THEN '@small.example' ELSE '@example.org' END, 'tigase:messenger:apns:1',
      encode(sha256(n::text::bytea), 'hex'), sha256(encode(sha256(n::text::bytea), 'hex')::bytea), encode(sha256(('v' || n)::bytea), 'hex')
    FROM generate_series($1::int, $2::int) AS n`,
};
const sizes: Statement = {
  name: 'sizes',
  text: `SELECT pg_size_pretty(pg_table_size('devices')) AS table, pg_size_pretty(pg_indexes_size('devices')) AS indexes,
    pg_size_pretty(pg_total_relation_size('devices')) AS both`,
};

const dataDir = await mkdtemp(join(tmpdir(), 'reveille-bench-'));
await chmod(dataDir, 0o711);
const database = await openDatabase({ url: undefined, dataDir }, log);
try {
  await migrate(database, log);
  const registry = await createRegistry(database, { devicesPerOwner: 25 }, log);
  await measureAll(database, registry);
  await registry.close();
} finally {
  await database.close();
  await rm(dataDir, { recursive: true });
}

async function measureAll(database: Database, registry: Registry): Promise<void> {
  const bulkCount = total - throughRegister;
  await report(`in bulk`, bulkCount, () => insertInBulk(database, bulkCount));
  const nodes: string[] = [];
  const tokens = Array.from({ length: throughRegister }, () => randomBytes(32).toString('hex'));
  await report('register, new', throughRegister, () =>
    spread(throughRegister, async (i) => {
      nodes.push((await register(registry, i, tokens[i] ?? '')).node);
    }),
  );
  await report('register, renewed', 10_000, () => spread(10_000, async (i) => register(registry, i, tokens[i] ?? '')));
  const wanted = Array.from({ length: lookups }, () => pickNode(nodes, bulkCount));
  const before = memory();
  await report('lookup, uncached', lookups, () => lookUpAll(registry, wanted));
  print('memory for the cached devices', `${Math.round((memory() - before) / 1e6)} MB (${new Set(wanted).size} devices)`);
  await report('lookup, cached', lookups, () => lookUpAll(registry, wanted));
  const unknown = Array.from({ length: lookups / 10 }, () => randomBytes(24).toString('base64url'));
  await report('lookup, unknown', unknown.length, () => lookUpAll(registry, unknown, true));
  await report('count', 1, () => registry.count());
  await measureQueries(registry);
  const [row] = await database.query(sizes);
  print('on disk', JSON.stringify(row));
  print('resident set of this process', `${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
}

/** What an administrator asks: of a domain with every device, and of one with the thousandth part. */
async function measureQueries(registry: Registry): Promise<void> {
  const page = { limit: 50 };
  for (const domain of ['example.org', smallDomain]) {
    await report(`count of ${domain}`, 1, () => registry.count({ domain }));
    await report(`list of ${domain}, first page`, 1, () => registry.list({ domain }, page));
  }
  const after = { owner: 'user399999@example.org', provider: 'tigase:messenger:apns:1', token: '' };
  await report('list, a page near the end', 1, () => registry.list({ domain: 'example.org' }, { ...page, after }));
  for (const domain of [smallDomain, 'example.org']) await removeDomain(registry, domain);
}

async function removeDomain(registry: Registry, domain: string): Promise<void> {
  const [count = 0] = (await registry.count({ domain })).values();
  await report(`remove ${domain}`, count, async () => {
    for (let removed = batch; removed === batch;) removed = (await registry.remove({ domain }, batch)).length;
  });
}

async function insertInBulk(database: Database, count: number): Promise<void> {
  for (let from = 0; from < count; from += bulkPortion) await database.query(bulk, [from, Math.min(from + bulkPortion, count) - 1]);
}

function register(registry: Registry, i: number, token: string): Promise<Device> {
  return registry.register({ owner: `phone${i}@example.org`, provider: 'tigase:messenger:apns:1', token, secondToken: token });
}

function pickNode(nodes: readonly string[], bulkCount: number): string {
  const n = randomInt(total);
  return n < bulkCount ? `bulk${String(n).padStart(28, '0')}` : (nodes[n - bulkCount] ?? '');
}

async function lookUpAll(registry: Registry, nodes: readonly string[], isUnknown = false): Promise<void> {
  await spread(nodes.length, async (i) => {
    const device = await registry.lookup(nodes[i] ?? '', 'example.org', () => true);
    if ((device === undefined) !== isUnknown) throw new Error('a lookup found the wrong thing');
  });
}

/** Runs `work` for every number below `count`, `atOnce` at a time. */
async function spread(count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function report(what: string, count: number, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  const cpu = process.cpuUsage(startedCpu);
  const perOne = Math.round((cpu.user + cpu.system) / Math.max(1, count));
  print(what, `${count} in ${seconds.toFixed(2)} s = ${Math.round(count / seconds)}/s, ${perOne} us of our CPU each`);
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function print(what: string, value: string): void {
  console.log(`${what.padEnd(32)} ${value}`);
}

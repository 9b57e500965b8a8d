// A million waiting pushes on the embedded PostgreSQL: how fast they are put, claimed and settled, few or many, and what they take.
// node bench/deferred-million/main.ts [pushes]
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/log/log.ts';
import { createDeferredStore } from '../../src/registry/deferred/create-deferred-store.ts';
import type { Database, Statement } from '../../src/registry/postgres/database.ts';
import type { ClaimedPush, DeferredPush, DeferredStore } from '../../src/registry/deferred/deferred-store.ts';
import { migrate } from '../../src/registry/postgres/migrate.ts';
import { openDatabase } from '../../src/registry/open.ts';

const total = Number(process.argv[2] ?? 1_000_000);
const few = 1_000;
/** Devices that nothing waits for yet: for puts on top of the rest. */
const spare = 40_000;
const batch = 100;
const provider = 'tigase:messenger:apns:1';
const leaseMs = 600_000;
const hourMs = 3_600_000;
const log = createLog('silent');

const addDevices: Statement = {
  name: '',
  text: `INSERT INTO devices (node, owner, provider, token, token_key)
    SELECT 'node' || lpad(n::text, 28, '0'), 'user' || n || '@example.org', '${provider}',
      encode(sha256(n::text::bytea), 'hex'), sha256(encode(sha256(n::text::bytea), 'hex')::bytea)
    FROM generate_series($1::int, $2::int) AS n`,
};
const sizes: Statement = {
  name: '',
  text: `SELECT pg_size_pretty(pg_table_size('deferred')) AS table, pg_size_pretty(pg_indexes_size('deferred')) AS indexes`,
};
const endLeases: Statement = { name: '', text: 'UPDATE deferred SET leased_until = NULL WHERE leased_until IS NOT NULL' };
const postponeNewest: Statement = {
  name: '',
  text: `UPDATE deferred SET not_before = now() + interval '1 h' WHERE (node, kind) IN (SELECT node, kind FROM deferred ORDER BY published_at DESC LIMIT $1)`,
};

const notification = {
  ...{ messageCount: 1, pendingSubscriptionCount: undefined, nickname: undefined, priority: 'high' as const },
  ...{ jingle: undefined, meet: undefined, event: undefined, sender: 'romeo@example.net', body: undefined },
  encrypted: { payload: Buffer.alloc(600, 7).toString('base64'), iv: Buffer.alloc(12, 7).toString('base64'), type: undefined },
};

const dataDir = await mkdtemp(join(tmpdir(), 'reveille-bench-'));
await chmod(dataDir, 0o711);
const database = await openDatabase({ url: undefined, dataDir }, log);
const store = createDeferredStore(database, { secret: 'bench', deferredPerProvider: 2 * total }, log);
try {
  await migrate(database, log);
  for (let from = 0; from < total + spare; from += 10_000) await database.query(addDevices, [from, from + 9_999]);
  await measureAll();
} finally {
  await store.close();
  await database.close();
  await rm(dataDir, { recursive: true });
}

async function measureAll(): Promise<void> {
  await report('put, 1000 of them', few, 10, 4, putter(0));
  await measureWaiting(few);
  await report('put by the hundred', total - few, batch, 4, putter(few));
  await measureWaiting(total);
  print('on disk', JSON.stringify((await database.query(sizes))[0]));
  await runLimitless(database, postponeNewest, [Math.floor(total / 2)]);
  await report('claim, the newer half not due', 10_000, batch, 4, claimer(store));
  await runLimitless(database, endLeases);
  await report('claim and settle all due', Math.floor(total / 2), batch, 4, async (_, count) => {
    const claimed = await store.claim(provider, count, leaseMs);
    await store.settle(claimed);
    return claimed.length;
  });
  print('on disk', JSON.stringify((await database.query(sizes))[0]));
  print('resident set of this process', `${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
}

/** What is asked while `waiting` wait; leaves them as they were. */
async function measureWaiting(waiting: number): Promise<void> {
  const title = `${waiting} waiting: `;
  const reps = 5;
  for (let i = 0; i < reps; i += 1) await store.backlog();
  await report(`${title}backlog`, reps, 1, 1, () => store.backlog().then(() => 1));
  const added: DeferredPush[] = [];
  for (const [size, count, atOnce] of [
    [1, 1_000, 1],
    [1, 4_000, 10],
    [10, 10_000, 4],
    [batch, 20_000, 4],
  ] as const)
    // prettier-ignore
    await report(`${title}put by ${size}, ${atOnce} at once`, count, size, atOnce, putter(total + added.length, added));
  await store.settle(added.slice(0, 5_000));
  for (let from = 5_000; from < added.length; from += 5_000) await store.settle(added.slice(from, from + 5_000));
  const claimed: ClaimedPush[] = [];
  const count = Math.min(waiting, 20_000);
  await report(`${title}claim by ${batch}`, count, batch, 4, claimer(store, claimed));
  let at = 0;
  await report(`${title}postpone by ${batch}`, count, batch, 4, async (_, size) => {
    const part = claimed.slice(at, (at += size));
    await store.postpone(part.map((push) => ({ ...push, notBefore: new Date() })));
    return part.length;
  });
}

/** Puts pushes for devices from number `from` on; the longer ago, the smaller the number. */
function putter(from: number, added: DeferredPush[] = []): Work {
  let next = from;
  return async (_, count) => {
    const pushes = Array.from({ length: count }, () => buildPush(next++));
    added.push(...pushes);
    await store.put(pushes);
    return pushes.length;
  };
}

function claimer(from: DeferredStore, claimed: ClaimedPush[] = []): Work {
  return async (_, count) => {
    const part = await from.claim(provider, count, leaseMs);
    claimed.push(...part);
    return part.length;
  };
}

function buildPush(n: number): DeferredPush {
  const now = Date.now();
  const node = `node${String(n).padStart(28, '0')}`;
  const [publishedAt, expiresAt, notBefore] = [new Date(now), new Date(now + 4 * hourMs), new Date(now - 1)];
  return { id: randomUUID(), node, provider, kind: 'message', notification, publishedAt, expiresAt, notBefore, tries: 1 };
}

/** Preparations take longer than a statement may. */
async function runLimitless(from: Database, statement: Statement, values: readonly unknown[] = []): Promise<void> {
  await from.transaction(({ query }) => query(statement, values), 600_000);
}

/** One call of `size`; settles with how many it dealt with. */
type Work = (call: number, size: number) => Promise<number>;

async function report(what: string, count: number, size: number, atOnce: number, work: Work): Promise<void> {
  const calls = Math.ceil(count / size);
  const times: number[] = [];
  let [call, done] = [0, 0];
  const worker = async (): Promise<void> => {
    while (call < calls) {
      const startedMs = performance.now();
      const dealt = await work(call++, size);
      done += dealt;
      times.push(performance.now() - startedMs);
    }
  };
  const [startedMs, cpu] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (part: number): string => (times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0).toFixed(1);
  const perOne = Math.round((user + system) / Math.max(1, done));
  print(
    what,
    `${done} in ${seconds.toFixed(2)} s = ${Math.round(done / seconds)}/s; a call ${at(0.5)} ms, at most ${at(1)} ms; ${perOne} us of our CPU each`,
  );
}

function print(what: string, value: string): void {
  console.log(`${what.padEnd(40)} ${value}`);
}

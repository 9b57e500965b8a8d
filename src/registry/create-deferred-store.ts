import type { Log } from '../log.ts';
import type { Database, Row, Statement } from './database.ts';
import { createDeferredBound } from './deferred-bound.ts';
import { claimDeferred } from './deferred-claim.ts';
import { buildDeferredContents } from './deferred-content.ts';
import { buildColumns, parseBacklog, parseClaimed } from './deferred-rows.ts';
import type { DeferredPush, DeferredStore } from './deferred-store.ts';
import * as table from './deferred-table.ts';
import { DatabaseUnavailable } from './registry.ts';

const defaultMaxPerProvider = 1_000_000;
const expiredPerBacklog = 10_000;
const maxDeadlocks = 3;
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const deadlockDetected = '40P01';

export interface DeferredOptions {
  /** The component's secret: contents are sealed with a key made of it. Without one only this instance opens its own. */
  readonly secret?: string | undefined;
  /** About so many pushes wait for one provider at most; a million where not given. */
  readonly deferredPerProvider?: number | undefined;
}

/** What the owner of the database closes before the database. */
export interface OwnedDeferredStore extends DeferredStore {
  /** Settles when no removal of surplus is under way. */
  close(): Promise<void>;
}

/** The tables exist already. */
export function createDeferredStore(database: Database, options: DeferredOptions, log: Log): OwnedDeferredStore {
  const contents = buildDeferredContents(options.secret);
  const bound = createDeferredBound(database, options.deferredPerProvider ?? defaultMaxPerProvider, log);
  const run = (statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> => runAgain(database, statement, values);

  async function put(pushes: readonly DeferredPush[]): Promise<void> {
    if (pushes.length === 0) return;
    await run(table.putDeferred, [...buildColumns(pushes, contents), new Date()]);
    for (const [provider, rows] of countByProvider(pushes)) bound.added(provider, rows);
  }

  const claim: DeferredStore['claim'] = async (provider, limit, leaseMs) => {
    const rows = await run(claimDeferred, [provider, limit, leaseMs, new Date()]);
    const claimed = rows.map((row) => parseClaimed(row, contents));
    const lost = claimed.filter(({ isContentLost }) => isContentLost).length;
    if (lost > 0)
      log.warn('deferred-content-lost', { provider, pushes: lost, advice: 'the component secret changed: they go out without content' });
    return claimed.map(({ push }) => push);
  };

  const backlog: DeferredStore['backlog'] = async () => {
    const found = (await run(table.readBacklog, [])).map(parseBacklog);
    if (found.some(({ expired }) => expired > 0)) await run(table.removeExpired, [expiredPerBacklog]);
    return new Map(found.filter((one) => one.backlog.count > 0).map((one) => [one.provider, one.backlog]));
  };

  return {
    put,
    claim,
    async settle(pushes) {
      if (pushes.length > 0) await run(table.settleDeferred, listPlaces(pushes));
    },
    async postpone(pushes) {
      if (pushes.length === 0) return;
      const [moments, tries] = [pushes.map(({ notBefore }) => notBefore), pushes.map((push) => push.tries)];
      await run(table.postponeDeferred, [...listPlaces(pushes), moments, tries, new Date()]);
    },
    async supersede(delivered) {
      if (delivered.length === 0) return;
      const [nodes, kinds] = [delivered.map(({ node }) => node), delivered.map(({ kind }) => kind)];
      await run(table.supersedeDeferred, [nodes, kinds, delivered.map(({ publishedAt }) => publishedAt), new Date()]);
    },
    backlog,
    close: () => bound.close(),
  };
}

/**
 * Our own statements lock in one order, but the removal of several devices at once takes their pushes along in another:
 * where the two meet, PostgreSQL undoes one, which may then go through.
 */
async function runAgain(database: Database, statement: Statement, values: readonly unknown[], deadlocks = 0): Promise<readonly Row[]> {
  try {
    return await database.query(statement, values);
  } catch (error) {
    if (deadlocks >= maxDeadlocks || !isDeadlock(error)) throw error;
    return runAgain(database, statement, values, deadlocks + 1);
  }
}

function isDeadlock(error: unknown): boolean {
  if (!(error instanceof DatabaseUnavailable && error.cause instanceof Error)) return false;
  return 'code' in error.cause && error.cause.code === deadlockDetected;
}

function listPlaces(pushes: readonly Pick<DeferredPush, 'id' | 'node' | 'kind'>[]): readonly (readonly string[])[] {
  return [pushes.map(({ node }) => node), pushes.map(({ kind }) => kind), pushes.map(({ id }) => id)];
}

function countByProvider(pushes: readonly DeferredPush[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { provider } of pushes) counts.set(provider, (counts.get(provider) ?? 0) + 1);
  return counts;
}

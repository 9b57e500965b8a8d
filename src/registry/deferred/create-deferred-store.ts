import { steadyNow } from '../../base/clock.ts';
import type { Log } from '../../log/log.ts';
import type { Database, Row } from '../postgres/database.ts';
import { createDeferredBound } from './bound.ts';
import { claimDeferred, claimDeferredOf, planByIndexes } from './claim.ts';
import { buildDeferredContents } from './content.ts';
import { buildColumns, parseBacklog, parseClaimed } from './rows.ts';
import type { ClaimedPush, DeferredPush, DeferredStore } from './deferred-store.ts';
import * as table from './table.ts';
import { parseText } from '../devices/table.ts';

const defaultMaxPerProvider = 1_000_000;
/** One statement has seconds to end. */
const expiredPerStatement = 10_000;
const otherSecret = 'the component secret was changed: these wake their devices without content';

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

  const claim: DeferredStore['claim'] = async (provider, limit, leaseMs) => {
    const rows = await database.transaction(async ({ query, script }) => {
      await script(planByIndexes);
      return query(claimDeferred, [provider, limit, leaseMs, new Date(steadyNow())]);
    });
    return read(rows);
  };

  const claimOf: DeferredStore['claimOf'] = async (node, leaseMs) =>
    read(await database.query(claimDeferredOf, [node, leaseMs, new Date(steadyNow())]));

  function read(rows: readonly Row[]): readonly ClaimedPush[] {
    const claimed = rows.map((row) => parseClaimed(row, contents));
    const lost = claimed.filter(({ isContentLost }) => isContentLost);
    if (lost[0] !== undefined)
      log.warn('deferred-content-lost', { provider: lost[0].push.provider, pushes: lost.length, reason: otherSecret });
    return claimed.map(({ push }) => push);
  }

  const backlog: DeferredStore['backlog'] = async () => {
    const expired = await removeExpired(database);
    const waiting = new Map((await database.query(table.readBacklog)).map(parseBacklog).map((one) => [one.provider, one.backlog]));
    const providers = [...new Set([...waiting.keys(), ...expired.keys()])];
    const nothing = { count: 0, oldestSeconds: 0 };
    return new Map(providers.map((name) => [name, { ...(waiting.get(name) ?? nothing), expired: expired.get(name) ?? 0 }]));
  };

  return {
    async put(pushes) {
      await runStepwise(database, table.putDeferred, pushes, (some) => [...buildColumns(some, contents), new Date(steadyNow())]);
      for (const [provider, rows] of countByProvider(pushes)) bound.added(provider, rows);
    },
    claim,
    claimOf,
    settle: (pushes) => runStepwise(database, table.settleDeferred, pushes, listPlaces),
    postpone: (pushes) => runStepwise(database, table.postponeDeferred, pushes, listPostponed),
    supersede: (delivered) => runStepwise(database, table.supersedeDeferred, delivered, listDelivered),
    backlog,
    close: () => bound.close(),
  };
}

/** What somebody else held during the batch comes one by one. */
async function runStepwise<P extends Pick<DeferredPush, 'node' | 'kind'>>(
  database: Database,
  statement: table.Stepwise,
  pushes: readonly P[],
  buildValues: (pushes: readonly P[]) => readonly unknown[],
): Promise<void> {
  if (pushes.length === 0) return;
  const held = await database.query(statement.batch, buildValues(pushes));
  const places = new Set(held.map((row) => `${parseText(row, 'node')} ${parseText(row, 'kind')}`));
  for (const push of pushes.filter(({ node, kind }) => places.has(`${node} ${kind}`)))
    await database.query(statement.single, buildValues([push]));
}

/** All of them, by provider. */
async function removeExpired(database: Database): Promise<ReadonlyMap<string, number>> {
  const removed = new Map<string, number>();
  for (let some = expiredPerStatement; some >= expiredPerStatement;) {
    const rows = await database.query(table.removeExpired, [expiredPerStatement]);
    const counts = rows.map((row) => [parseText(row, 'provider'), Number(row['removed'])] as const);
    for (const [provider, count] of counts) removed.set(provider, (removed.get(provider) ?? 0) + count);
    some = counts.reduce((sum, [, count]) => sum + count, 0);
  }
  return removed;
}

function listPlaces(pushes: readonly Pick<DeferredPush, 'id' | 'node' | 'kind'>[]): readonly (readonly string[])[] {
  return [pushes.map(({ node }) => node), pushes.map(({ kind }) => kind), pushes.map(({ id }) => id)];
}

function listPostponed(pushes: readonly Parameters<DeferredStore['postpone']>[0][number][]): readonly unknown[] {
  return [...listPlaces(pushes), pushes.map(({ notBefore }) => notBefore), pushes.map(({ tries }) => tries), new Date(steadyNow())];
}

function listDelivered(delivered: readonly Parameters<DeferredStore['supersede']>[0][number][]): readonly unknown[] {
  return [...listPlaces(delivered), delivered.map(({ publishedAt }) => publishedAt), new Date(steadyNow())];
}

function countByProvider(pushes: readonly DeferredPush[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { provider } of pushes) counts.set(provider, (counts.get(provider) ?? 0) + 1);
  return counts;
}

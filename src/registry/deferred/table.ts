import type { Statement } from '../postgres/database.ts';
import { ahead } from './clock.ts';

/**
 * Rows are locked in two steps, so that nobody waits for a row while he holds another (but puts for each other, in one
 * order) and no deadlock can be: whoever removes many devices locks them, and then their pushes, in any order. `batch` passes over what is locked and returns it
 * (node, kind); `single` gets one of those and waits.
 */
export interface Stepwise {
  readonly batch: Statement;
  readonly single: Statement;
}

/*
 * The table grows from nothing to a million rows within minutes, and a plan made for the empty table would be kept. So the
 * statements that look for rows have no name: they are planned each time, which costs less than a millisecond a batch.
 */
function inSteps(name: string, build: (onLocked: 'SKIP LOCKED' | '') => string): Stepwise {
  return { batch: { name, text: build('SKIP LOCKED') }, single: { name: '', text: build('') } };
}

/**
 * Values: nodes, kinds, providers, ids, sealed contents, moments of publish, of expiry, of the next try, tries, clock.
 * Devices are locked first: a removal is either over, and they are left out, or waits and takes the pushes along.
 */
export const putDeferred = inSteps(
  'deferred-put',
  (onLocked) => `WITH given AS (
    SELECT node COLLATE "C" AS node, kind COLLATE "C" AS kind, provider, id, sealed, published_at + ahead AS published_at,
      expires_at + ahead AS expires_at, not_before + ahead AS not_before, tries
    FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bytea[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::int[])
      AS given (node, kind, provider, id, sealed, published_at, expires_at, not_before, tries),
      (SELECT ${ahead('$10')} AS ahead) AS clock
  ), newest AS (
    SELECT DISTINCT ON (node, kind) * FROM given WHERE expires_at > now() ORDER BY node, kind, published_at DESC, id DESC
  ), present AS (
    SELECT node FROM devices WHERE node = ANY($1::text[]) FOR KEY SHARE ${onLocked}
  ), kept AS (
    INSERT INTO deferred AS old (node, kind, provider, id, sealed, published_at, expires_at, not_before, tries)
    SELECT node, kind, provider, id, sealed, published_at, expires_at, not_before, tries FROM newest JOIN present USING (node)
    -- Two puts wait for each other's rows in one order only.
    ORDER BY node, kind
    ON CONFLICT (node, kind) DO UPDATE SET
      provider = EXCLUDED.provider, id = EXCLUDED.id, sealed = EXCLUDED.sealed, published_at = EXCLUDED.published_at,
      expires_at = EXCLUDED.expires_at, not_before = EXCLUDED.not_before, tries = EXCLUDED.tries, leased_until = NULL
    WHERE (old.published_at, old.id) < (EXCLUDED.published_at, EXCLUDED.id)
  )
  SELECT node, kind FROM newest WHERE node NOT IN (SELECT node FROM present) AND node IN (SELECT node FROM devices WHERE node = ANY($1::text[]))`,
);

/** Values: nodes, kinds, ids. */
export const settleDeferred = inSteps('', (onLocked) =>
  change({
    found:
      'SELECT node, kind FROM deferred JOIN unnest($1::text[], $2::text[], $3::uuid[]) AS given (node, kind, id) USING (node, kind, id)',
    change: 'DELETE FROM deferred USING held',
    onLocked,
  }),
);

/** Values: nodes, kinds, ids, moments of the next try, tries, clock. */
export const postponeDeferred = inSteps('', (onLocked) =>
  change({
    found: `SELECT node, kind, given.not_before + ${ahead('$6')} AS not_before, given.tries FROM deferred
      JOIN unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::int[]) AS given (node, kind, id, not_before, tries) USING (node, kind, id)`,
    change: 'UPDATE deferred SET not_before = held.not_before, tries = held.tries, leased_until = NULL FROM held',
    onLocked,
  }),
);

/** Values: nodes, kinds, ids, moments of publish, clock. */
export const supersedeDeferred = inSteps('', (onLocked) =>
  change({
    found: `SELECT node, kind FROM deferred
      JOIN unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[]) AS given (node, kind, id, published_at) USING (node, kind)
      WHERE (deferred.published_at, deferred.id) < (given.published_at + ${ahead('$5')}, given.id)`,
    change: 'DELETE FROM deferred USING held',
    onLocked,
  }),
);

interface Change {
  readonly found: string;
  readonly change: string;
  readonly onLocked: string;
}

function change(parts: Change): string {
  return `WITH found AS (
    ${parts.found}
  ), held AS (
    ${parts.found} FOR UPDATE OF deferred ${parts.onLocked}
  ), changed AS (
    ${parts.change} WHERE deferred.node = held.node AND deferred.kind = held.kind
  )
  SELECT node, kind FROM found EXCEPT SELECT node, kind FROM held`;
}

/** What waits by provider. Counted in an index and looked up in another: rows are large. */
export const readBacklog: Statement = {
  name: '',
  text: `SELECT provider, waiting, extract(epoch FROM now() - (
      SELECT min(published_at) FROM unnest(ARRAY[true, false]) AS is_no_call, LATERAL (
        SELECT published_at FROM deferred WHERE provider = counted.provider AND (kind <> 'call') = is_no_call AND expires_at > now()
        ORDER BY published_at LIMIT 1) AS oldest)) AS oldest_seconds
    FROM (
      SELECT provider, count(*) AS waiting FROM deferred WHERE expires_at > now() GROUP BY provider) AS counted
    ORDER BY provider`,
};

/** Value: how many at most. Of any provider: one that is no longer configured is never claimed. */
export const removeExpired: Statement = {
  name: '',
  text: `WITH expired AS (
    SELECT node, kind FROM deferred WHERE expires_at <= now() LIMIT $1::bigint FOR UPDATE SKIP LOCKED
  ), removed AS (
    DELETE FROM deferred USING expired WHERE deferred.node = expired.node AND deferred.kind = expired.kind RETURNING provider
  ) SELECT provider, count(*) AS removed FROM removed GROUP BY provider`,
};

/** Value: provider. */
export const countDeferred: Statement = { name: '', text: 'SELECT count(*) AS waiting FROM deferred WHERE provider = $1' };

/** Values: provider, how many. Calls stay: they are few, worth the most, and expire within seconds by themselves. */
export const removeSurplus: Statement = {
  name: '',
  text: `WITH surplus AS (
    SELECT node, kind FROM deferred WHERE provider = $1 AND kind <> 'call' ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED
  ), removed AS (
    DELETE FROM deferred USING surplus WHERE deferred.node = surplus.node AND deferred.kind = surplus.kind RETURNING 1
  ) SELECT count(*) AS removed FROM removed`,
};

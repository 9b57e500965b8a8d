import type { Statement } from './database.ts';
import { ahead } from './deferred-clock.ts';

/*
 * Tables grow from nothing to a million rows within minutes, and a plan made for the empty table would be kept. So the
 * statements that look for rows have no name: they are planned each time, which costs less than a millisecond a batch.
 * Whoever waits for rows locks them in the order of the primary key; nobody who locks in another order waits.
 */

/**
 * Values: nodes, kinds, providers, ids, sealed contents, moments of publish, of expiry, of the next try, tries, clock.
 * Devices are locked first: a removal is either over, and they are skipped, or waits and takes the pushes along.
 */
export const putDeferred: Statement = {
  name: 'deferred-put',
  text: `WITH given AS (
    SELECT node COLLATE "C" AS node, kind COLLATE "C" AS kind, provider, id, sealed, published_at + ahead AS published_at,
      expires_at + ahead AS expires_at, not_before + ahead AS not_before, tries, place
    FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bytea[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::int[])
      WITH ORDINALITY AS given (node, kind, provider, id, sealed, published_at, expires_at, not_before, tries, place),
      (SELECT ${ahead('$10')} AS ahead) AS clock
  ), newest AS (
    SELECT DISTINCT ON (node, kind) * FROM given WHERE expires_at > now() ORDER BY node, kind, published_at DESC, place DESC
  ), present AS (
    SELECT node FROM devices WHERE node = ANY($1::text[]) ORDER BY node FOR KEY SHARE
  )
  INSERT INTO deferred AS old (node, kind, provider, id, sealed, published_at, expires_at, not_before, tries)
  SELECT node, kind, provider, id, sealed, published_at, expires_at, not_before, tries FROM newest JOIN present USING (node) ORDER BY node, kind
  ON CONFLICT (node, kind) DO UPDATE SET
    provider = EXCLUDED.provider, id = EXCLUDED.id, sealed = EXCLUDED.sealed, published_at = EXCLUDED.published_at,
    expires_at = EXCLUDED.expires_at, not_before = EXCLUDED.not_before, tries = EXCLUDED.tries, leased_until = NULL
  WHERE old.published_at <= EXCLUDED.published_at AND old.id <> EXCLUDED.id`,
};

/** Values: nodes, kinds, ids. */
export const settleDeferred: Statement = {
  name: '',
  text: `WITH gone AS (
    SELECT node, kind FROM deferred JOIN unnest($1::text[], $2::text[], $3::uuid[]) AS given (node, kind, id) USING (node, kind, id)
    ORDER BY node, kind FOR UPDATE OF deferred
  ) DELETE FROM deferred USING gone WHERE deferred.node = gone.node AND deferred.kind = gone.kind`,
};

/** Values: nodes, kinds, ids, moments of the next try, tries, clock. */
export const postponeDeferred: Statement = {
  name: '',
  text: `WITH later AS (
    SELECT node, kind, given.not_before + ${ahead('$6')} AS not_before, given.tries
    FROM deferred JOIN unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::int[]) AS given (node, kind, id, not_before, tries)
      USING (node, kind, id)
    ORDER BY node, kind FOR UPDATE OF deferred
  ) UPDATE deferred SET not_before = later.not_before, tries = later.tries, leased_until = NULL
  FROM later WHERE deferred.node = later.node AND deferred.kind = later.kind`,
};

/** Values: nodes, kinds, moments of publish, clock. */
export const supersedeDeferred: Statement = {
  name: '',
  text: `WITH gone AS (
    SELECT node, kind FROM deferred
      JOIN unnest($1::text[], $2::text[], $3::timestamptz[]) AS given (node, kind, published_at) USING (node, kind)
    WHERE deferred.published_at < given.published_at + ${ahead('$4')}
    ORDER BY node, kind FOR UPDATE OF deferred
  ) DELETE FROM deferred USING gone WHERE deferred.node = gone.node AND deferred.kind = gone.kind`,
};

/** What waits by provider, and what has expired. */
export const readBacklog: Statement = {
  name: '',
  text: `SELECT provider, count(*) FILTER (WHERE expires_at > now()) AS waiting, count(*) FILTER (WHERE expires_at <= now()) AS expired,
      extract(epoch FROM now() - min(published_at) FILTER (WHERE expires_at > now())) AS oldest_seconds
    FROM deferred GROUP BY provider ORDER BY provider`,
};

/** Value: how many. Of any provider: one that is no longer configured is never claimed. */
export const removeExpired: Statement = {
  name: '',
  text: `WITH expired AS (
    SELECT node, kind FROM deferred WHERE expires_at <= now() LIMIT $1::bigint FOR UPDATE SKIP LOCKED
  ) DELETE FROM deferred USING expired WHERE deferred.node = expired.node AND deferred.kind = expired.kind`,
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

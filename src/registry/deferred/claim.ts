import type { Statement } from '../postgres/database.ts';
import { ahead } from './clock.ts';
import { columns } from '../devices/table.ts';

/**
 * How far in the order of trial, and how far among what has been due longest, a claim looks for due pushes. What is on
 * lease counts too: so many of a provider's pushes can surely be on lease at once, and hardly more. So does what has expired,
 * which a look at the backlog removes every few seconds.
 */
const depth = 5_000;

const isDue = (row: string): string =>
  `${row}.not_before <= now() AND ${row}.expires_at > now() AND (${row}.leased_until IS NULL OR ${row}.leased_until <= now())`;

/**
 * Runs before a claim, in its transaction. The table grows from nothing to a million rows within minutes, and until it is
 * analysed the planner would sort all of them to find the first hundred: a claim only ever walks along indexes. What is off
 * counts as so expensive that PostgreSQL would spend a second on compiling the query.
 */
export const planByIndexes = ['enable_sort', 'enable_bitmapscan', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit']
  .map((setting) => `SET LOCAL ${setting} = off`)
  .join(';');

interface Choice {
  readonly order: string;
  readonly limit: string;
  readonly where?: string;
}

/** Looks at most `depth` rows deep into one order; what another claim holds or has just taken is passed over. */
const choose = ({ order, limit, where = '' }: Choice): string =>
  `SELECT due.node, due.kind FROM (
      SELECT node, kind, not_before, expires_at, leased_until, kind <> 'call' AS is_no_call, published_at
      FROM deferred WHERE provider = $1 ORDER BY ${order} LIMIT ${depth}
    ) AS seen JOIN deferred AS due USING (node, kind)
    WHERE ${isDue('seen')} AND ${isDue('due')} ${where}
    ORDER BY seen.is_no_call, seen.published_at DESC LIMIT ${limit} FOR UPDATE OF due SKIP LOCKED`;

const wanting = 'greatest(0, $2::bigint - (SELECT count(*) FROM front))';
const isNew = 'NOT EXISTS (SELECT FROM front WHERE front.node = due.node AND front.kind = due.kind)';

const claimedRows = (clock: string): string =>
  `SELECT ${columns}, kind, id, sealed, tries, published_at - ahead AS published_at, expires_at - ahead AS expires_at, not_before - ahead AS not_before
  FROM claimed JOIN devices ON devices.node = claimed, (SELECT ${ahead(clock)} AS ahead) AS clock
  ORDER BY (kind <> 'call'), claimed.published_at DESC`;

const lease = `RETURNING deferred.node AS claimed, deferred.kind, id, sealed, published_at, expires_at, not_before, tries`;

/**
 * Values: provider, limit, milliseconds of the lease, clock. Almost always what is due stands in front, and the first choice
 * stops as soon as it has enough. Where thousands in front are not due, the second takes from what has been due longest, so
 * that a claim costs the same however many wait. The update takes the chosen from a table of their own: where a row has
 * changed meanwhile PostgreSQL reads an update's other tables again, and a part of a union would choose anew.
 */
export const claimDeferred: Statement = {
  name: '',
  text: `WITH front AS (
    ${choose({ order: `provider, (kind <> 'call'), published_at DESC`, limit: '$2::bigint' })}
  ), rest AS (
    ${choose({ order: 'provider, not_before', limit: wanting, where: `AND ${wanting} > 0 AND ${isNew}` })}
  ), chosen AS MATERIALIZED (
    SELECT * FROM front UNION ALL SELECT * FROM rest
  ), claimed AS (
    UPDATE deferred SET leased_until = now() + $3::bigint * interval '1 ms' FROM chosen
    WHERE deferred.node = chosen.node AND deferred.kind = chosen.kind
    ${lease}
  )
  ${claimedRows('$4')}`,
};

/** Values: node, milliseconds of the lease, clock. What somebody else has on lease he tries himself. */
export const claimDeferredOf: Statement = {
  name: '',
  text: `WITH chosen AS MATERIALIZED (
    SELECT node, kind FROM deferred
    WHERE node = $1 AND expires_at > now() AND (leased_until IS NULL OR leased_until <= now()) FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE deferred SET leased_until = now() + $2::bigint * interval '1 ms' FROM chosen
    WHERE deferred.node = chosen.node AND deferred.kind = chosen.kind
    ${lease}
  )
  ${claimedRows('$3')}`,
};

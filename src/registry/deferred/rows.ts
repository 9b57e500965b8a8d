import type { Row } from '../postgres/database.ts';
import type { DeferredContents } from './content.ts';
import { buildContentless } from './content.ts';
import type { Backlog, ClaimedPush, DeferredKind, DeferredPush } from './deferred-store.ts';
import { parseDate, parseDevice, parseText } from '../devices/table.ts';

const kinds: readonly DeferredKind[] = ['call', 'message', 'update'];

/** One array for each column, in the order in which `putDeferred` names them. */
export function buildColumns(pushes: readonly DeferredPush[], contents: DeferredContents): readonly unknown[] {
  return [
    pushes.map(({ node }) => node),
    pushes.map(({ kind }) => kind),
    pushes.map(({ provider }) => provider),
    pushes.map(({ id }) => id),
    pushes.map((push) => contents.seal(push)),
    pushes.map(({ publishedAt }) => publishedAt),
    pushes.map(({ expiresAt }) => expiresAt),
    pushes.map(({ notBefore }) => notBefore),
    pushes.map(({ tries }) => tries),
  ];
}

/** A push whose content is lost still wakes its device. */
export function parseClaimed(row: Row, contents: DeferredContents): { readonly push: ClaimedPush; readonly isContentLost: boolean } {
  const device = parseDevice(row);
  const place = { node: device.node, kind: parseKind(row), id: parseText(row, 'id') };
  const { sealed, tries } = row;
  if (!Buffer.isBuffer(sealed)) throw new TypeError('column sealed is not bytes');
  if (typeof tries !== 'number') throw new TypeError('column tries is not a number');
  const opened = contents.open(sealed, place);
  const push = {
    ...place,
    device,
    provider: device.provider,
    notification: opened ?? buildContentless(place.kind),
    publishedAt: parseDate(row, 'published_at'),
    expiresAt: parseDate(row, 'expires_at'),
    notBefore: parseDate(row, 'not_before'),
    tries,
  };
  return { push, isContentLost: opened === undefined };
}

export function parseBacklog(row: Row): { readonly provider: string; readonly backlog: Omit<Backlog, 'expired'> } {
  const backlog = { count: Number(row['waiting']), oldestSeconds: Math.max(0, Number(row['oldest_seconds'])) };
  return { provider: parseText(row, 'provider'), backlog };
}

function parseKind(row: Row): DeferredKind {
  const kind = kinds.find((one) => one === row['kind']);
  if (kind === undefined) throw new TypeError('column kind is not a kind');
  return kind;
}

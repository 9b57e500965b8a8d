// Room: Tigase Push's table and its part of config.tdsl. In: paths. Out: registrations, settings. May enter: importing.
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { findFault, type Found, type FoundDevice, type FoundRegistrations, SourceUnusable, type Surroundings } from '../found.ts';
import { nameOf, readDump, readText } from '../sql/read-dump.ts';
import type { SqlRow } from '../sql/rows.ts';

const table = 'tig_push_devices';
const needed = ['service_jid', 'user_jid', 'node', 'provider', 'device_id'];
const second = /^(?:device_)?second|voip|pushkit/;
const bareJid = /^[^\s@/]+@[^\s@/]+$/;

/**
 * Tigase's table in a dump by mysqldump or pg_dump. Devices of another component are of no use here. Several devices of an
 * account may stand behind one node; of more than an account may have the last of the table are taken.
 */
export async function openTigaseRegistrations(path: string, surroundings: Surroundings | undefined): Promise<FoundRegistrations> {
  if (path === '-') throw new SourceUnusable('a dump of Tigase is read twice, a pipe can be read once: write it to a file first');
  let shared: Promise<ReadonlyMap<number, number>> | undefined;
  return {
    isRepeatable: true,
    total: (await stat(path)).size,
    read: async function* (extent) {
      shared ??= findShared(path);
      yield* read(path, surroundings, new Map(await shared), extent);
    },
  };
}

async function* read(
  path: string,
  surroundings: Surroundings | undefined,
  toCome: Map<number, number>,
  extent: { done: number },
): AsyncGenerator<Found> {
  const owners = new Map<number, number>();
  for await (const row of readDump(path, table, extent)) {
    const found: Found = { place: `${nameOf(path)}:${row.line}`, ...parse(row, surroundings?.service) };
    const node = digestOf(row.values.get('node') ?? '');
    const rows = toCome.get(node);
    if (rows !== undefined) toCome.set(node, rows - 1);
    yield rows === undefined || !isUsable(found, surroundings) ? found : share(found, { node, rows, owners, surroundings });
  }
}

interface Sharing {
  /** Digest of the node. */
  readonly node: number;
  /** Of that node, from this one on. */
  readonly rows: number;
  /** Digests of the nodes and of whose they are. */
  readonly owners: Map<number, number>;
  readonly surroundings: Surroundings | undefined;
}

/** What is published to a node is for one account, and as many of its devices as any account may have. */
function share({ place, device }: FoundUsable, { node, rows, owners, surroundings }: Sharing): Found {
  if (rows > (surroundings?.devicesPerOwner ?? Infinity))
    return { kind: 'refused', place, reason: 'its node stands for more devices than limits.devices-per-owner, and others come later' };
  const owner = digestOf(device.owner);
  const holder = owners.get(node) ?? owner;
  owners.set(node, holder);
  if (holder !== owner) return { kind: 'refused', place, reason: 'its node stands for a device of another account' };
  return { kind: 'device', place, device: { ...device, isNodeShared: true } };
}

type FoundUsable = Extract<Found, { kind: 'device' }>;

/** What can't be taken in any case stands in nobody's way. */
function isUsable(found: Found, surroundings: Surroundings | undefined): found is FoundUsable {
  if (found.kind === 'refused' || findFault(found.device) !== undefined) return false;
  const { service } = found.device;
  return surroundings === undefined || ('provider' in service && surroundings.providerIds.includes(service.provider));
}

/** Digests of the nodes that more than one row has, and how many have them: eight bytes a row, however large the table. */
async function findShared(path: string): Promise<ReadonlyMap<number, number>> {
  let digests = new Float64Array(1024);
  let count = 0;
  for await (const row of readDump(path, table, { done: 0 })) {
    const missing = needed.filter((column) => !row.values.has(column));
    if (missing.length > 0)
      throw new SourceUnusable(
        `${nameOf(path)}:${row.line}: the table ${table} has no column ${missing.join(', ')}: this is not Tigase Push's`,
      );
    if (count === digests.length) {
      const wider = new Float64Array(count * 2);
      wider.set(digests);
      digests = wider;
    }
    digests[count] = digestOf(row.values.get('node') ?? '');
    count += 1;
  }
  return countRepeated(digests.subarray(0, count).toSorted());
}

function countRepeated(sorted: Float64Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let index = 1; index < sorted.length; index += 1) {
    const digest = sorted[index];
    if (digest !== undefined && digest === sorted[index - 1]) counts.set(digest, (counts.get(digest) ?? 1) + 1);
  }
  return counts;
}

function digestOf(node: string): number {
  return createHash('sha256').update(node).digest().readUIntBE(0, 6);
}

type Parsed = Found extends infer F ? (F extends Found ? Omit<F, 'place'> : never) : never;

function parse(row: SqlRow, service: string | undefined): Parsed {
  try {
    return build(row, service);
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'refused', reason: 'a value is not UTF-8' };
    throw error;
  }
}

function build(row: SqlRow, service: string | undefined): Parsed {
  const value = (column: string): string => readText(row, column) ?? '';
  const owner = value('user_jid').toLowerCase();
  if (!bareJid.test(owner)) return { kind: 'refused', reason: 'its user_jid is not a bare JID' };
  if (service !== undefined && value('service_jid').toLowerCase() !== service)
    return { kind: 'refused', reason: `its service_jid is not ${service}: servers publish for it to another address` };
  const secondColumn = [...row.values.keys()].find((column) => second.test(column));
  const secondToken = secondColumn === undefined ? '' : value(secondColumn);
  const device: FoundDevice = {
    owner,
    service: { provider: value('provider') },
    token: value('device_id'),
    secondToken: secondToken === '' ? undefined : secondToken,
    node: value('node'),
    secret: undefined,
    registeredAt: undefined,
    dialect: undefined,
  };
  return { kind: 'device', device };
}

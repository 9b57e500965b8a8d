// Room: p2's table and config.json. In: paths. Out: registrations, settings. May enter: importing.
import { stat } from 'node:fs/promises';
import type { Found, FoundRegistrations } from '../found.ts';
import { nameOf, readDump, readText } from '../sql/read-dump.ts';
import { SourceUnusable } from '../found.ts';
import type { SqlRow } from '../sql/rows.ts';

const table = 'target';
const needed = ['service', 'device', 'domain', 'token', 'node', 'secret'];
const digest = /^[0-9a-f]{40}$/;
const domainName = /^[^\s@/]+$/;

/** p2's table `target` in a dump by mysqldump; `-` is a pipe from it. */
export async function openP2Registrations(path: string): Promise<FoundRegistrations> {
  return {
    isRepeatable: path !== '-',
    total: path === '-' ? undefined : (await stat(path)).size,
    read: (extent) => read(path, extent),
  };
}

async function* read(path: string, extent: { done: number }): AsyncGenerator<Found> {
  for await (const row of readDump(path, table, extent)) {
    const missing = needed.filter((column) => !row.values.has(column));
    if (missing.length > 0)
      throw new SourceUnusable(`${nameOf(path)}:${row.line}: the table ${table} has no column ${missing.join(', ')}: this is not p2's`);
    yield { place: `${nameOf(path)}:${row.line}`, ...parse(row) };
  }
}

type Parsed = Found extends infer F ? (F extends Found ? Omit<F, 'place'> : never) : never;

function parse(row: SqlRow): Parsed {
  try {
    return build((column) => readText(row, column) ?? '');
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'refused', reason: 'a value is not UTF-8' };
    throw error;
  }
}

/**
 * https://codeberg.org/iNPUTmice/p2: device is SHA-1 of bare JID, NUL, device id; channel that of a group chat in the same way, or empty. The
 * account itself was never kept: its domain is the owner, and who registers the same device again becomes the owner.
 */
function build(value: (column: string) => string): Parsed {
  const kind = value('service').toLowerCase();
  if (kind === 'gcm') return { kind: 'refused', reason: 'registered for GCM, which Google ended in 2019' };
  if (kind !== 'fcm' && kind !== 'apns') return { kind: 'refused', reason: 'its service is neither fcm nor apns' };
  const [account, channel] = [value('device').toLowerCase(), value('channel').toLowerCase()];
  if (!digest.test(account)) return { kind: 'refused', reason: 'its device is not 40 hexadecimal digits' };
  if (channel !== '' && !digest.test(channel)) return { kind: 'refused', reason: 'its channel is not 40 hexadecimal digits' };
  const owner = value('domain').toLowerCase();
  if (!domainName.test(owner)) return { kind: 'refused', reason: 'its domain is not one' };
  return {
    kind: 'device',
    device: {
      owner,
      service: { kind },
      token: value('token'),
      secondToken: undefined,
      node: value('node'),
      secret: value('secret'),
      registeredAt: undefined,
      dialect: { name: 'p2', handle: undefined, keys: channel === '' ? { account } : { account, channel } },
    },
  };
}

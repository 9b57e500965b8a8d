import { shortenToken } from '../../push/tokens/shorten-token.ts';
import type { DeviceFilter, ListedDevice, Registry } from '../../registry/registry.ts';
import type { FormTable } from '../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import type { Command, CommandResult, Note } from '../commands/command.ts';
import { temporaryWithoutDatabase } from '../database-trouble.ts';
import { ownDialect } from '../../registry/devices/device.ts';
import { buildFilterFields, countMatching, nameDevices, readFilter } from './device-filter.ts';

export interface ListDevicesOptions {
  readonly registry: Registry;
  readonly providerIds: readonly string[];
  readonly isAllowed: (sender: Jid) => boolean;
}

/** More rows than anybody reads in a dialog, and a stanza far below every server's limit. */
const mostRows = 50;

/** `list-devices`: who is registered, as a table. */
export function buildListDevices({ registry, providerIds, isAllowed }: ListDevicesOptions): Command {
  return {
    node: 'list-devices',
    name: 'List devices',
    instructions: 'Shows registered devices. What is left empty does not narrow the list.',
    fields: () => buildFilterFields(registry, providerIds),
    isAllowed,
    run: (values) => list(registry, readFilter(values)),
  };
}

async function list(registry: Registry, filter: DeviceFilter): Promise<CommandResult> {
  const devices = await temporaryWithoutDatabase(registry.list(filter, { limit: mostRows }));
  const count = devices.length < mostRows ? devices.length : await countMatching(registry, filter);
  const note = buildNote(devices.length, count);
  return devices.length === 0 ? { notes: [note] } : { notes: [note], table: buildDevicesTable(devices) };
}

function buildNote(shown: number, count: number): Note {
  if (count === 0) return { type: 'info', text: 'No device matches.' };
  if (shown >= count) return { type: 'info', text: `${nameDevices(count)}.` };
  return { type: 'warn', text: `The first ${shown} of ${count} devices. Narrow the list, or see all with: reveille devices list` };
}

function buildDevicesTable(devices: readonly ListedDevice[]): FormTable {
  return {
    columns: [
      { var: 'owner', type: 'jid-single', label: 'Account' },
      { var: 'provider', type: 'text-single', label: 'Provider' },
      { var: 'registered', type: 'text-single', label: 'Registered' },
      { var: 'used', type: 'text-single', label: 'Used' },
      { var: 'token', type: 'text-single', label: 'Token' },
      { var: 'node', type: 'text-single', label: 'Node' },
      { var: 'dialect', type: 'text-single', label: 'Dialect' },
    ],
    rows: devices.map(({ owner, provider, dialect, registeredAt, usedAt, token, node, behind }) => [
      owner,
      provider,
      describeDay(registeredAt),
      describeDay(usedAt),
      shortenToken(token),
      behind === undefined ? node : `${node} behind ${behind}`,
      dialect?.name ?? ownDialect,
    ]),
  };
}

/** Nobody asks for the hour, and it would tell when somebody was online. */
function describeDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

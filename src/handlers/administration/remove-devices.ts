import { limitSignal } from '../../base/limit.ts';
import type { DeviceFilter, Registry } from '../../registry/registry.ts';
import { readBoolean } from '../../xmpp/stanza/data-form.ts';
import type { FormField, FormValues } from '../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import { CommandRefusal } from '../commands/command.ts';
import type { Command, CommandResult } from '../commands/command.ts';
import { temporaryWithoutDatabase } from '../database-trouble.ts';
import { buildFilterFields, countMatching, isEmpty, nameDevices, readFilter } from './device-filter.ts';

export interface RemoveDevicesOptions {
  readonly registry: Registry;
  readonly providerIds: readonly string[];
  readonly isAllowed: (sender: Jid) => boolean;
  /** What is not removed by then is left to another run: the answer is due. */
  readonly limitMs: number;
}

const batch = 1_000;

const confirmField: FormField = {
  var: 'confirm',
  type: 'boolean',
  label: 'Remove several',
  description: 'Needed where more than one device is removed',
  values: ['0'],
};

/** `remove-devices`: ends registrations, of one account up to a whole domain; never of everybody. */
export function buildRemoveDevices(options: RemoveDevicesOptions): Command {
  const { registry, providerIds, isAllowed } = options;
  return {
    node: 'remove-devices',
    name: 'Remove devices',
    instructions:
      'Ends the registrations of devices; what is filled in must hold together. Their apps get no more pushes until they register again.',
    fields: async () => [...(await buildFilterFields(registry, providerIds)), confirmField],
    isAllowed,
    run: (values, _sender, { signal }) => remove(options, values, signal),
  };
}

async function remove({ registry, limitMs }: RemoveDevicesOptions, values: FormValues, due: AbortSignal): Promise<CommandResult> {
  const filter = readFilter(values);
  if (isEmpty(filter)) throw new CommandRefusal('Say which devices: an account, a domain, a provider, a dialect or a node.');
  const count = await countMatching(registry, filter);
  if (count === 0) throw new CommandRefusal('No device matches.');
  if (count > 1 && !readBoolean(values, confirmField))
    throw new CommandRefusal(`${nameDevices(count)} would be removed. If that is meant, tick "${confirmField.label ?? ''}".`);
  return removeMatching(registry, filter, limitSignal(due, limitMs));
}

async function removeMatching(registry: Registry, filter: DeviceFilter, signal: AbortSignal): Promise<CommandResult> {
  let count = 0;
  for (let isLeft = true; isLeft;) {
    if (signal.aborted)
      return { notes: [{ type: 'warn', text: `${nameDevices(count)} removed so far. Run the command again for the rest.` }] };
    const removed = await temporaryWithoutDatabase(registry.remove(filter, batch));
    count += removed.length;
    isLeft = removed.length === batch;
  }
  return { notes: [{ type: 'info', text: `${nameDevices(count)} removed.` }] };
}

import type { Registry } from '../../../registry/registry.ts';
import type { FormValues } from '../../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../../xmpp/stanza/jid.ts';
import { StanzaError } from '../../../xmpp/stanza/stanza-error.ts';
import type { Command, CommandResult } from '../../commands/command.ts';
import { temporaryWithoutDatabase } from '../../database-trouble.ts';
import { mayRegister } from '../../registration/registrants.ts';
import { listDialects, type Service } from './choose-dialect.ts';
import { deviceIdField, mucField, readChannel, readDeviceId } from './fields.ts';
import { buildHandle } from './handle.ts';

export interface UnregisterPushOptions {
  readonly registry: Registry;
  readonly registrants: readonly string[];
}

/** Ends what was registered under a device id, of a group chat where one is named; a device that is not registered is `item-not-found`. */
export function buildUnregisterPush(service: Service, { registry, registrants }: UnregisterPushOptions): Command {
  return {
    node: `unregister-push-${service}`,
    name: `Unregister device (${service.toUpperCase()})`,
    instructions: 'Ends push notifications for a device.',
    fields: () => [deviceIdField, mucField],
    isAllowed: (sender) => mayRegister(sender, registrants),
    run: (values, sender) => unregister(service, registry, values, sender),
  };
}

/** Whichever dialect it was registered in: meanwhile another one may be configured. */
async function unregister(service: Service, registry: Registry, values: FormValues, sender: Jid): Promise<CommandResult> {
  const deviceId = readDeviceId(values);
  const channel = readChannel(values, deviceId);
  let wasKnown = false;
  for (const dialect of listDialects(service, values)) {
    const handle = buildHandle(dialect, deviceId, channel);
    wasKnown = (await temporaryWithoutDatabase(registry.unregisterHandle({ owner: sender.bare, handle }))) || wasKnown;
  }
  if (!wasKnown) throw new StanzaError('item-not-found', 'this device is not registered');
  return { action: 'complete' };
}

import type { Registry } from '../registry/registry.ts';
import { StanzaError } from '../xmpp/stanza-error.ts';
import type { Command } from './command.ts';
import { temporaryWithoutDatabase } from './database-trouble.ts';
import { providerField, readToken, tokenField } from './device-fields.ts';
import { mayRegister } from './registrants.ts';

export interface UnregisterOptions {
  readonly registry: Registry;
  readonly providerIds: readonly string[];
  readonly registrants: readonly string[];
}

/** Tigase's `unregister-device`; a device that is not registered is `item-not-found`, which its clients take for success. */
export function buildUnregisterDevice({ registry, providerIds, registrants }: UnregisterOptions): Command {
  return {
    node: 'unregister-device',
    name: 'Unregister device',
    instructions: 'Ends push notifications for a device.',
    fields: () => [providerField(providerIds), tokenField],
    isAllowed: (sender) => mayRegister(sender, registrants),
    async run(values, sender) {
      // A provider that was taken out of the configuration may still have registrations: it is not checked against the list.
      const key = { owner: sender.bare, provider: values.get('provider') ?? '', token: readToken(values, tokenField) ?? '' };
      if (!(await temporaryWithoutDatabase(registry.unregister(key))))
        throw new StanzaError('item-not-found', 'this device is not registered');
      return { fields: [] };
    },
  };
}

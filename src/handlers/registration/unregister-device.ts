import type { Registry } from '../../registry/registry.ts';
import { StanzaError } from '../../xmpp/stanza/stanza-error.ts';
import type { Command } from '../commands/command.ts';
import { temporaryWithoutDatabase } from '../database-trouble.ts';
import { type CheckToken, providerField, readKnownToken, tokenField } from './device-fields.ts';
import { mayRegister } from './registrants.ts';

export interface UnregisterOptions {
  readonly registry: Registry;
  readonly providerIds: readonly string[];
  readonly registrants: readonly string[];
  readonly checkToken: CheckToken;
}

/** Tigase's `unregister-device`; a device that is not registered is `item-not-found`, which its clients take for success. */
export function buildUnregisterDevice({ registry, providerIds, registrants, checkToken }: UnregisterOptions): Command {
  return {
    node: 'unregister-device',
    name: 'Unregister device',
    instructions: 'Ends push notifications for a device.',
    fields: () => [providerField(providerIds), tokenField],
    isAllowed: (sender) => mayRegister(sender, registrants),
    async run(values, sender) {
      // A provider that was taken out of the configuration may still have registrations: it is not checked against the list.
      const provider = values.get('provider') ?? '';
      const token = readKnownToken(values, tokenField, (text) => checkToken(provider, text)) ?? '';
      const key = { owner: sender.bare, provider, token };
      if (!(await temporaryWithoutDatabase(registry.unregister(key))))
        throw new StanzaError('item-not-found', 'this device is not registered');
      return { fields: [] };
    },
  };
}

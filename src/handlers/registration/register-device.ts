// Room: commands by which apps register and unregister devices. In: a form. Out: a node, or a refusal in words. May enter: app.
import type { Registry } from '../../registry/registry.ts';
import type { FormValues } from '../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import type { FormField } from '../../xmpp/stanza/data-form.ts';
import type { Command, CommandResult } from '../commands/command.ts';
import { temporaryWithoutDatabase } from '../database-trouble.ts';
import { type CheckToken, providerField, readKnownToken, readProvider, readToken, secondTokenField, tokenField } from './device-fields.ts';
import { buildLocalFields, type OfferLocal } from './local-offer.ts';
import { ns } from '../namespaces.ts';
import { mayRegister } from './registrants.ts';
import type { RegistrationRate } from './rate.ts';
import { commandError } from '../commands/commands.ts';

export interface RegisterOptions {
  readonly registry: Registry;
  readonly providerIds: readonly string[];
  readonly registrants: readonly string[];
  readonly rate: RegistrationRate;
  readonly checkToken: CheckToken;
  readonly offerLocal?: OfferLocal | undefined;
}

/** Bytes an encrypted notification may have: Apple's 4096 less the keys around it; clients pass it on to their server. */
const maxPayloadSize = 3072;

/** Tigase's `register-device`: a device in, its pubsub node out. */
export function buildRegisterDevice({ registry, providerIds, registrants, rate, checkToken, offerLocal }: RegisterOptions): Command {
  return {
    node: 'register-device',
    name: 'Register device',
    instructions: 'Registers a device for push notifications and returns the node to enable push with.',
    fields: () => [providerField(providerIds), tokenField, secondTokenField],
    isAllowed: (sender) => mayRegister(sender, registrants),
    async run(values: FormValues, sender: Jid): Promise<CommandResult> {
      rate.take(sender);
      const provider = readProvider(values, providerIds);
      const check = (text: string) => checkToken(provider, text);
      const token = readToken(values, tokenField, check);
      if (token === undefined) throw commandError('bad-payload', `missing: ${tokenField.var}`);
      // One that can't be a token costs the device nothing but the way calls take, so it is no reason to refuse the device.
      const secondToken = readKnownToken(values, secondTokenField, check);
      const device = await temporaryWithoutDatabase(registry.register({ owner: sender.bare, provider, token, secondToken }));
      return buildResult(device.behind ?? device.node, buildLocalFields(offerLocal, device));
    },
  };
}

/** Field types exactly so: Tigase's clients cast them. */
function buildResult(node: string, local: readonly FormField[]): CommandResult {
  const fields = [
    { var: 'node', type: 'text-single', values: [node] },
    { var: 'features', type: 'text-multi', values: [ns.tigaseEncrypt] },
    { var: 'max-payload-size', type: 'text-single', values: [String(maxPayloadSize)] },
  ] as const;
  return { fields: [...fields, ...local] };
}

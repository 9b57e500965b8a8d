// Room: mod_push_appserver's clients (old Monal and others): its two commands and its HTTP API. In: forms and form-encoded texts. Out: its
// answers. May enter: app.
import { randomUUID } from 'node:crypto';
import type { Device, Registration } from '../../../registry/devices/device.ts';
import type { Registry } from '../../../registry/registry.ts';
import type { FormField, FormValues } from '../../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../../xmpp/stanza/jid.ts';
import { StanzaError } from '../../../xmpp/stanza/stanza-error.ts';
import { CommandRefusal } from '../../commands/command.ts';
import type { Command, CommandResult } from '../../commands/command.ts';
import { temporaryWithoutDatabase } from '../../database-trouble.ts';
import { buildLocalFields, type OfferLocal } from '../../registration/local-offer.ts';
import type { RegistrationRate } from '../../registration/rate.ts';
import { mayRegister } from '../../registration/registrants.ts';
import {
  dialect,
  type FieldRules,
  handleOf,
  type ProviderTypes,
  readDevice,
  readKey,
  registerCommand,
  unregisterCommand,
} from './device.ts';
import { buildOwnerless, findSame, listOwnerless } from './ownerless.ts';

export interface ModPushAppserverOptions extends Pick<FieldRules, 'checkToken'> {
  /** Undefined where its clients are not answered. */
  readonly providers: ProviderTypes | undefined;
  readonly registry: Pick<Registry, 'list' | 'register' | 'unregisterHandle'>;
  /** The component's domain, where servers are to publish to. */
  readonly domain: string;
  readonly registrants: readonly string[];
  readonly rate: RegistrationRate;
  readonly offerLocal?: OfferLocal | undefined;
}

/** Nodes of its commands; none where its clients are not answered. */
export function nameModPushAppserverCommands(providers: ProviderTypes | undefined): readonly string[] {
  return providers === undefined ? [] : [registerCommand, unregisterCommand];
}

const typeField: FormField = {
  var: 'type',
  type: 'list-single',
  label: 'Push service',
  isRequired: true,
  options: ['apns', 'fcm'].map((type) => ({ label: type, value: type })),
};
const nodeField: FormField = {
  var: 'node',
  type: 'text-single',
  label: 'Device id',
  description: 'Always the same for this device',
  isRequired: true,
};
const tokenField: FormField = {
  var: 'token',
  type: 'text-single',
  label: 'Device token',
  description: 'As the push service gave it to the app',
  isRequired: true,
};

/** `v1-register-push` and `v1-unregister-push`, as mod_push_appserver meant them. */
export function buildModPushAppserver(options: ModPushAppserverOptions): readonly Command[] {
  const { domain, registrants, rate, providers, checkToken } = options;
  if (providers === undefined) return [];
  const rules = { providers, checkToken };
  const isAllowed = (sender: Jid) => mayRegister(sender, registrants);
  return [
    {
      node: registerCommand,
      name: 'Register for push (mod_push_appserver)',
      instructions: 'Registers a device for push notifications and returns node and secret to enable push with.',
      refuse,
      fields: () => [typeField, nodeField, tokenField],
      isAllowed,
      async run(values, sender) {
        rate.take(sender);
        checkFormType(values, unregisterCommand);
        const { id, ...device } = readDevice((name) => values.get(name), rules);
        const enrolled = await temporaryWithoutDatabase(enroll(id, device, sender, options));
        const { node, secret = '' } = enrolled;
        const local = buildLocalFields(options.offerLocal, enrolled);
        return buildResult([jidField(domain), textField('node', node), textField('secret', secret), ...local]);
      },
    },
    {
      node: unregisterCommand,
      name: 'Unregister from push (mod_push_appserver)',
      instructions: 'Ends push notifications for a device.',
      refuse,
      fields: () => [typeField, nodeField],
      isAllowed,
      async run(values, sender) {
        checkFormType(values, registerCommand);
        const { id } = readKey((name) => values.get(name));
        if (!(await temporaryWithoutDatabase(remove(id, sender, options))))
          throw new StanzaError('item-not-found', 'this device is not registered');
        return buildResult([jidField(domain), textField('node', id)]);
      },
    },
  ];
}

/** A device that came over HTTP before, or from mod_push_appserver itself, keeps its node: its server knows that one already. */
async function enroll(
  id: string,
  device: Omit<Registration, 'dialect' | 'owner'>,
  { bare: owner }: Jid,
  { registry, domain }: ModPushAppserverOptions,
): Promise<Device> {
  const known = findSame(await listOwnerless(registry, id, domain), device);
  if (known !== undefined) return registry.register(buildOwnerless(id, domain, device, known));
  return registry.register({ ...device, owner, dialect: { name: dialect, handle: handleOf(id), keys: {} } });
}

/** What the account registered under this id; where that is nothing, what nobody's is. */
async function remove(id: string, { bare }: Jid, { registry, domain }: ModPushAppserverOptions): Promise<boolean> {
  if (await registry.unregisterHandle({ owner: bare, handle: handleOf(id) })) return true;
  const devices = await listOwnerless(registry, id, domain);
  for (const { owner, dialect: { handle = '' } = {} } of devices) await registry.unregisterHandle({ owner, handle });
  return devices.length > 0;
}

/** COMPAT(mod_push_appserver): `complete`, which XEP-0050 does not know, a session id without a session, and `form` for what is a result. */
function buildResult(fields: readonly FormField[]): CommandResult {
  return { fields, formType: 'form', status: 'complete', sessionId: randomUUID() };
}

function refuse(text: string): StanzaError {
  return new StanzaError('not-acceptable', text);
}

/** mod_push_appserver looks at no FORM_TYPE, so any will do, but for that of the other command. */
function checkFormType(values: FormValues, other: string): void {
  if (values.get('FORM_TYPE')?.endsWith(`#${other}`) === true) throw new CommandRefusal(`this form is for ${other}`);
}

function jidField(domain: string): FormField {
  return { var: 'jid', type: 'jid-single', values: [domain] };
}

function textField(name: string, value: string): FormField {
  return { var: name, type: 'text-single', values: [value] };
}

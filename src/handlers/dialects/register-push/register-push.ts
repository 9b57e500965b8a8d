// Room: the commands that p2, Openfire's plugin and Fluux share. In: a form, told apart by its fields. Out: a node and its secret, or a
// refusal in words. May enter: app.
import { randomBytes } from 'node:crypto';
import type { DeviceDialect } from '../../../registry/devices/device.ts';
import type { Registry } from '../../../registry/registry.ts';
import type { FormField, FormValues } from '../../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../../xmpp/stanza/jid.ts';
import { StanzaError } from '../../../xmpp/stanza/stanza-error.ts';
import type { Command, CommandResult } from '../../commands/command.ts';
import { commandError } from '../../commands/commands.ts';
import { temporaryWithoutDatabase } from '../../database-trouble.ts';
import { type CheckToken, readToken } from '../../registration/device-fields.ts';
import { buildLocalFields, type OfferLocal } from '../../registration/local-offer.ts';
import type { RegistrationRate } from '../../registration/rate.ts';
import { mayRegister } from '../../registration/registrants.ts';
import { chooseDialect, isServed, services, type Choice, type ServedDialects, type Service } from './choose-dialect.ts';
import { deviceIdField, mucField, readDeviceId, readMuc, tokenField } from './fields.ts';
import { buildHandle, buildKeys } from './handle.ts';
import { buildUnregisterPush } from './unregister-push.ts';

export interface RegisterPushOptions {
  readonly dialects: ServedDialects;
  readonly registry: Registry;
  /** The component's, which clients enable push with. */
  readonly domain: string;
  readonly registrants: readonly string[];
  readonly rate: RegistrationRate;
  readonly checkToken: CheckToken;
  readonly offerLocal?: OfferLocal | undefined;
}

/** As long in base64 as clients of these app servers know it. */
const secretBytes = 18;

/** The commands of those push services that somebody's clients are answered for; all others are unknown commands. */
export function buildPushCommands(options: RegisterPushOptions): readonly Command[] {
  return services
    .filter((service) => isServed(service, options.dialects))
    .flatMap((service) => [buildRegisterPush(service, options), buildUnregisterPush(service, options)]);
}

/** Their nodes. */
export function namePushCommands(dialects: ServedDialects): readonly string[] {
  return services
    .filter((service) => isServed(service, dialects))
    .flatMap((service) => [`register-push-${service}`, `unregister-push-${service}`]);
}

function buildRegisterPush(service: Service, options: RegisterPushOptions): Command {
  return {
    node: `register-push-${service}`,
    name: `Register device (${service.toUpperCase()})`,
    instructions: 'Registers a device for push notifications and returns node and secret to enable push with.',
    fields: () => [tokenField, deviceIdField, mucField],
    isAllowed: (sender) => mayRegister(sender, options.registrants),
    run: (values, sender) => register(service, options, values, sender),
  };
}

async function register(service: Service, options: RegisterPushOptions, values: FormValues, sender: Jid): Promise<CommandResult> {
  const { dialects, registry, domain, rate, checkToken } = options;
  rate.take(sender);
  const choice = chooseDialect(service, values, dialects);
  if (choice === undefined) throw new StanzaError('item-not-found', 'no such command');
  const { provider } = choice;
  const dialect = readDialect(choice, values, sender);
  const token = readToken(values, tokenField, (text) => checkToken(provider, text));
  if (token === undefined) throw commandError('bad-payload', `missing: ${tokenField.var}`);
  const secret = randomBytes(secretBytes).toString('base64');
  const registration = { owner: sender.bare, provider, token, secondToken: undefined, secret, dialect };
  const device = await temporaryWithoutDatabase(registry.register(registration));
  const local = buildLocalFields(options.offerLocal, device);
  return buildResult(choice, { jid: domain, node: device.node, secret: device.secret ?? secret }, local);
}

function readDialect({ dialect }: Choice, values: FormValues, sender: Jid): DeviceDialect {
  const deviceId = readDeviceId(values);
  const channel = readMuc(values, deviceId);
  const keys = dialect === 'p2' ? buildKeys(sender.bare, deviceId, channel) : {};
  return { name: dialect, handle: buildHandle(dialect, deviceId, channel), keys };
}

/**
 * A form that is called `form`, and the status: old Conversations wants the one, new the other.
 * COMPAT(Openfire): its plugin has an action in place of the status.
 */
function buildResult(
  { dialect }: Choice,
  { jid, node, secret }: Readonly<Record<'jid' | 'node' | 'secret', string>>,
  local: readonly FormField[],
): CommandResult {
  return {
    formType: 'form',
    ...(dialect === 'openfire' ? { action: 'complete' } : {}),
    fields: [
      { var: 'jid', type: 'jid-single', values: [jid] },
      { var: 'node', type: 'text-single', values: [node] },
      { var: 'secret', type: 'text-single', values: [secret] },
      ...local,
    ],
  };
}

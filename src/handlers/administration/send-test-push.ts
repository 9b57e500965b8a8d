import { limitSignal } from '../../base/limit.ts';
import { describeOutcome } from '../../push/provider/describe-outcome.ts';
import type { Cause, Dispatcher } from '../../push/dispatch/dispatcher.ts';
import type { Outcome } from '../../push/provider/provider.ts';
import { shortenToken } from '../../push/tokens/shorten-token.ts';
import { buildTestNotification } from '../../push/provider/test-notification.ts';
import type { Device } from '../../registry/devices/device.ts';
import type { Registry } from '../../registry/registry.ts';
import type { FormField, FormValues } from '../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import { CommandRefusal } from '../commands/command.ts';
import type { Command, CommandResult, Note } from '../commands/command.ts';
import { temporaryWithoutDatabase } from '../database-trouble.ts';
import { accountField, nameDevices, nodeField, readAccount } from './device-filter.ts';

export interface SendTestPushOptions {
  readonly registry: Registry;
  readonly dispatcher: Dispatcher;
  readonly isAllowed: (sender: Jid) => boolean;
  /** The component's domain, which the message is from. */
  readonly domain: string;
  /** How long push services may take; the answer is due soon after. */
  readonly limitMs: number;
}

/** No account has more, unless the limit of devices per owner was raised. */
const mostDevices = 50;

const bodyField: FormField = { var: 'body', type: 'text-single', label: 'Text', description: 'What the notification says' };

interface Attempt {
  readonly device: Device;
  readonly outcome: Outcome;
}

/** `send-test-push`: a message to each device of an account, on the way that real ones take, and what the push services said. */
export function buildSendTestPush(options: SendTestPushOptions): Command {
  return {
    node: 'send-test-push',
    name: 'Send test push',
    instructions: 'Sends a test message to the devices of an account, or to the one behind a node, and shows what the push service said.',
    fields: () => [accountField, nodeField, bodyField],
    isAllowed: options.isAllowed,
    run: (values, _sender, cause) => sendAll(options, values, cause),
  };
}

async function sendAll(options: SendTestPushOptions, values: FormValues, { id, signal }: Cause): Promise<CommandResult> {
  const devices = await findDevices(options.registry, values);
  const notification = buildTestNotification({ kind: 'message', body: values.get('body'), sender: undefined }, options.domain);
  const cause = { id, signal: limitSignal(signal, options.limitMs) };
  const attempts = await Promise.all(
    devices.map(async (device): Promise<Attempt> => {
      const outcome = await temporaryWithoutDatabase(options.dispatcher.deliver(device, notification, cause));
      return { device, outcome };
    }),
  );
  return describeAttempts(attempts);
}

async function findDevices(registry: Registry, values: FormValues): Promise<readonly Device[]> {
  const owner = readAccount(values);
  const node = values.get(nodeField.var)?.trim();
  if (owner === undefined && node === undefined) throw new CommandRefusal('Say where to: an account or a node.');
  const devices = await temporaryWithoutDatabase(registry.list({ owner, node }, { limit: mostDevices }));
  if (devices.length > 0) return devices;
  throw new CommandRefusal(node === undefined ? `No device of ${owner ?? ''} is registered.` : 'No such device is registered.');
}

function describeAttempts(attempts: readonly Attempt[]): CommandResult {
  return {
    notes: [buildNote(attempts)],
    table: {
      columns: [
        { var: 'provider', type: 'text-single', label: 'Provider' },
        { var: 'token', type: 'text-single', label: 'Token' },
        { var: 'outcome', type: 'text-single', label: 'The push service said' },
      ],
      rows: attempts.map(({ device, outcome }) => [device.provider, shortenToken(device.token), explain(outcome)]),
    },
  };
}

function buildNote(attempts: readonly Attempt[]): Note {
  const accepted = attempts.filter(({ outcome }) => outcome.kind === 'accepted').length;
  const type = accepted === attempts.length ? 'info' : accepted > 0 ? 'warn' : 'error';
  return { type, text: `Accepted for ${accepted} of ${nameDevices(attempts.length)}.` };
}

/** Unlike the test push of the command line this one is a push like any other, with all that it costs. */
function explain(outcome: Outcome): string {
  return outcome.kind === 'gone' ? `${describeOutcome(outcome)}; the registration was removed` : describeOutcome(outcome);
}

import { limitSignal } from '../../../base/limit.ts';
import type { PushAppserver, PushAppserverDevice, PushAppserverRegistration } from '../../../http/rest/rest-handler.ts';
import type { Delivery } from '../../../push/delivery/delivery.ts';
import { emptyNotification } from '../../../push/provider/notification.ts';
import type { ProviderLog } from '../../../push/provider/provider.ts';
import type { Device } from '../../../registry/devices/device.ts';
import type { Registry } from '../../../registry/registry.ts';
import { CommandRefusal } from '../../commands/command.ts';
import { isSameSecret } from '../../publish/publisher.ts';
import { dialect, type FieldRules, type ReadField, readDevice, readKey, registerCommand, unregisterCommand } from './device.ts';
import { buildOwnerless, findSame, listOwnerless, ownerOf } from './ownerless.ts';

export interface OverHttpOptions extends FieldRules {
  readonly registry: Pick<Registry, 'list' | 'lookup' | 'register' | 'unregisterHandle'>;
  readonly delivery: Pick<Delivery, 'publish'>;
  /** The component's domain. */
  readonly domain: string;
  readonly log: ProviderLog;
  /** Told how each registration and its end went, by the name of the command that does the same. Must not throw. */
  readonly onEnd: (command: string, result: string) => void;
}

/** A push that is not decided by then is put into the database, before the time of a REST handler is over. */
const decideWithinMs = 7_000;

/** mod_push_appserver's HTTP API. Nobody says who he is there. Whoever shows the secret may publish, nobody else. */
export function buildOverHttp(options: OverHttpOptions): PushAppserver {
  return {
    register: (fields, admit) => refusable(registerCommand, options, () => register(fields, admit, options)),
    unregister: (fields) => refusable(unregisterCommand, options, () => unregister(fields, options)),
    push: (fields, signal) => push(fields, signal, options),
  };
}

async function register(fields: PushAppserverDevice, admit: () => void, options: OverHttpOptions): Promise<PushAppserverRegistration> {
  const { registry, log, onEnd, domain } = options;
  const { id, ...device } = readDevice(readFrom(fields), options);
  const { provider } = device;
  const known = findSame(await listOwnerless(registry, id, domain), device);
  if (known === undefined) admit();
  const { node, owner, secret = '' } = await registry.register(buildOwnerless(id, domain, device, known));
  log.info('registered-over-http', { provider, owner });
  onEnd(registerCommand, 'completed');
  return { kind: 'done', node, secret };
}

async function unregister(
  fields: PushAppserverDevice,
  options: OverHttpOptions,
): Promise<PushAppserverRegistration | { readonly kind: 'unknown' }> {
  const { registry, log, onEnd } = options;
  const { id, type } = readKey(readFrom(fields));
  const provider = options.providers[type];
  const owner = ownerOf(id, options.domain);
  const devices = (await listOwnerless(registry, id, options.domain)).filter((one) => provider === undefined || one.provider === provider);
  for (const { dialect: { handle = '' } = {} } of devices) await registry.unregisterHandle({ owner, handle });
  onEnd(unregisterCommand, devices.length > 0 ? 'completed' : 'item-not-found');
  const [last] = devices.toSorted((a, b) => b.registeredAt.getTime() - a.registeredAt.getTime());
  if (last === undefined) return { kind: 'unknown' };
  log.info('unregistered-over-http', { provider, owner, devices: devices.length });
  return { kind: 'done', node: id, secret: last.secret ?? '' };
}

async function push(
  { node = '', secret = '' }: PushAppserverDevice,
  signal: AbortSignal,
  { registry, delivery }: OverHttpOptions,
): ReturnType<PushAppserver['push']> {
  const accepts = (found: Device) => found.dialect?.name === dialect && found.secret !== undefined && isSameSecret(found.secret, secret);
  // No bare JID has a slash: what is remembered of refusals is not mixed up with that of servers.
  const device = node.includes('\0') ? undefined : await registry.lookup(node, `/v1/push ${secret}`, accepts);
  if (device === undefined) return { kind: 'unknown' };
  const cause = { id: undefined, signal: limitSignal(signal, decideWithinMs) };
  const { kind } = await delivery.publish(device, emptyNotification, cause);
  if (kind === 'gone') return { kind: 'unknown' };
  return kind === 'accepted' || kind === 'deferred' ? { kind: 'done' } : { kind: 'failed' };
}

/** What is wrong with the fields is an answer, everything else is for whoever called. */
async function refusable<T>(
  command: string,
  { onEnd }: OverHttpOptions,
  work: () => Promise<T>,
): Promise<T | { readonly kind: 'refused'; readonly reason: string }> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CommandRefusal)) throw error;
    onEnd(command, 'not-acceptable');
    return { kind: 'refused', reason: error.message };
  }
}

function readFrom(fields: PushAppserverDevice): ReadField {
  return (name) => {
    const text = fields[name]?.trim();
    return text === '' ? undefined : text;
  };
}

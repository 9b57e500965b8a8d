import { buildNobody, shortDigest } from '../../../base/nobody.ts';
import type { Device, Registration } from '../../../registry/devices/device.ts';
import type { ListedDevice, Registry } from '../../../registry/registry.ts';
import { dialect, handleOf } from './device.ts';

/** More than an owner may have; the registry bounds them. */
const mostDevices = 1_000;

/**
 * Devices of which nobody said whose they are: registered over HTTP, or taken over from mod_push_appserver. Their owner is a name below the
 * component's domain, made from the client's stable id: no account can be there, nobody comes by it over XMPP.
 */
export function ownerOf(id: string, domain: string): string {
  return buildNobody(id, domain);
}

/** All that were registered under this id. */
export function listOwnerless(registry: Pick<Registry, 'list'>, id: string, domain: string): Promise<readonly ListedDevice[]> {
  return registry.list({ owner: ownerOf(id, domain), dialect }, { limit: mostDevices });
}

/** The one with this token, which only the device itself and its push service know. */
export function findSame(
  devices: readonly ListedDevice[],
  { provider, token }: Pick<Device, 'provider' | 'token'>,
): ListedDevice | undefined {
  return devices.find((one) => one.provider === provider && foldCase(one.token) === foldCase(token));
}

/** Who knows a device's id proves nothing: another token is another device, with a node and a secret of its own. */
export function buildOwnerless(id: string, domain: string, device: Omit<Registration, 'dialect' | 'owner'>, known?: Device): Registration {
  const handle = known?.dialect?.handle ?? `${handleOf(id)} ${shortDigest(foldCase(device.token))}`;
  return { ...device, owner: ownerOf(id, domain), dialect: { name: dialect, handle, keys: {} } };
}

/** Hexadecimal digits are the same in both cases; no two tokens of another kind differ in nothing but that. */
function foldCase(token: string): string {
  return token.toLowerCase();
}

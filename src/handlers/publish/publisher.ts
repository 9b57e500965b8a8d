import { createHash, timingSafeEqual } from 'node:crypto';
import type { Device } from '../../registry/devices/device.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import { parseJid } from '../../xmpp/stanza/jid.ts';

export type PublisherPolicy = 'any' | 'owner-domain';

/**
 * Whether this publisher may publish to this device's node (XEP-0357 §4.2): where the device has a secret whoever shows it, and
 * nobody else; where it has none (Tigase's clients know none) the owner himself (bare JID), his domain or a host under it (Tigase
 * adds a resource to its domain), or anybody by policy.
 */
export function mayPublish(device: Device, publisher: Jid, secret: string | undefined, policy: PublisherPolicy): boolean {
  if (device.secret !== undefined) return isSame(device.secret, secret ?? '');
  return policy === 'any' || isOwnSide(device, publisher);
}

function isOwnSide(device: Device, publisher: Jid): boolean {
  if (publisher.local !== '') return publisher.resource === '' && publisher.bare === device.owner;
  const ownerDomain = parseJid(device.owner)?.domain;
  return ownerDomain !== undefined && (publisher.domain === ownerDomain || publisher.domain.endsWith(`.${ownerDomain}`));
}

/** Hashed first, so that neither content nor length shows in the time. */
function isSame(expected: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}

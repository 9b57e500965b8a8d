import { randomBytes } from 'node:crypto';
import { childElements, xml } from '../../src/xmpp/xml.ts';
import { expect } from './expect.ts';
import type { Narrator } from './narrator.ts';
import { bare, logIn, type Phone } from './phone.ts';
import { password, provider, type Stage } from './stage.ts';

/** A phone's registration: what APNs calls it, and what Reveille calls it. */
export interface Device {
  readonly owner: string;
  readonly token: string;
  readonly node: string;
}

export async function discover(narrator: Narrator, { host }: Stage, phone: Phone): Promise<void> {
  const answer = await phone.iq('get', xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }), host.componentJid);
  const query = childElements(answer)[0];
  const described = query === undefined ? [] : childElements(query);
  const identity = described.find(({ name }) => name === 'identity')?.attrs as Record<string, string> | undefined;
  const features = described.filter(({ name }) => name === 'feature').map(({ attrs }) => String(attrs['var']));
  expect(identity?.['category'] === 'pubsub' && identity['type'] === 'push', `${host.componentJid} is no push service`);
  expect(features.includes(provider), `${host.componentJid} does not offer ${provider}`);
  narrator.seen(`${host.componentJid} says it is`, 'pubsub/push');
  narrator.seen('it offers', features.filter((feature) => /push|apns/.test(feature)).join(', '));
}

export async function register(narrator: Narrator, { host }: Stage, phone: Phone): Promise<Device> {
  const token = randomBytes(32).toString('hex');
  const fields = await phone.command(host.componentJid, 'register-device', { provider, 'device-token': token });
  const node = fields.get('node') ?? '';
  expect(node !== '', 'the answer names no node');
  const owner = bare(phone.jid);
  narrator.seen(`${owner}, token ${token.slice(0, 6)}…`, `node ${node}`);
  return { owner, token, node };
}

export async function enableAndLeave(narrator: Narrator, { host }: Stage, phone: Phone, { owner, node }: Device): Promise<void> {
  await phone.iq('set', xml('enable', { xmlns: 'urn:xmpp:push:0', jid: host.componentJid, node }));
  await phone.goOffline();
  narrator.seen(owner, 'enabled, offline');
}

export async function unregister(narrator: Narrator, { host }: Stage, { owner, token }: Device): Promise<void> {
  const phone = await logIn(host, owner.slice(0, owner.indexOf('@')), password);
  await phone.command(host.componentJid, 'unregister-device', { provider, 'device-token': token });
  await phone.goOffline();
  narrator.seen(owner, 'unregistered, offline');
}

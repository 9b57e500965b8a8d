import { childElements, xml } from '../../src/xmpp/stanza/xml.ts';
import { submit } from './stage/command.ts';
import { expect } from './expect.ts';
import type { Narrator } from './narrator.ts';
import { bare, type Phone } from './stage/phone.ts';
import type { PushService } from './stage/push-service.ts';
import type { Stage } from './stage/stage.ts';

/** A phone in somebody's pocket, before anybody knows how to wake it. */
export interface Handset {
  /** As in “Anna’s iPhone”. */
  readonly name: string;
  readonly phone: Phone;
  /** The one that can wake it. */
  readonly service: PushService;
}

/** A handset's registration: what its push service calls it, and what Reveille calls it. */
export interface Device extends Handset {
  readonly owner: string;
  readonly token: string;
  readonly node: string;
}

/** Enough to recognise a token by; the whole of it is between phone, Reveille and push service. */
const shortToken = (token: string): string => `${token.slice(0, 6)}…`;

export async function discover(narrator: Narrator, { host }: Stage, { name, phone, service }: Handset): Promise<void> {
  const answer = await phone.iq('get', xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }), host.componentJid);
  const query = childElements(answer)[0];
  const described = query === undefined ? [] : childElements(query);
  const identity = described.find((child) => child.name === 'identity')?.attrs as Record<string, string> | undefined;
  const features = described.filter((child) => child.name === 'feature').map(({ attrs }) => String(attrs['var']));
  expect(identity?.['category'] === 'pubsub' && identity['type'] === 'push', `${host.componentJid} is no push service`);
  expect(features.includes('urn:xmpp:push:0'), `${host.componentJid} does not speak XEP-0357`);
  expect(features.includes(service.provider), `${host.componentJid} does not offer ${service.provider}`);
  narrator.seen(`${name} finds ${host.componentJid}, which offers`, service.provider);
}

export async function register(narrator: Narrator, { host }: Stage, handset: Handset): Promise<Device> {
  const { name, phone, service } = handset;
  const token = service.buildToken();
  const command = { service: host.componentJid, node: 'register-device' };
  const { fields } = await submit(phone, command, { provider: service.provider, 'device-token': token });
  const node = fields.get('node')?.value ?? '';
  expect(node !== '', 'the answer names no node');
  narrator.seen(`${name}, token ${shortToken(token)}`, `node ${node}`);
  return { ...handset, owner: bare(phone.jid), token, node };
}

export async function enableAndLeave(narrator: Narrator, { host }: Stage, { name, phone, node }: Device): Promise<void> {
  await phone.iq('set', xml('enable', { xmlns: 'urn:xmpp:push:0', jid: host.componentJid, node }));
  await phone.goOffline();
  narrator.seen(name, 'enabled, offline');
}

import { logIn } from '../../../scripts/demo/stage/phone.ts';
import { xml } from '../../../src/xmpp/stanza/xml.ts';
import type { XmppHost } from '../../servers/host.ts';
import { type Device, password, randomToken } from './scene.ts';
import { commandFields, parseStanza, registerDevice } from './stanzas.ts';

const loginsAtOnce = 8;

/** New users, each of whom registers one device, enables push at the server and goes away. */
export function registerCrowd(host: XmppHost, size: number): Promise<readonly Device[]> {
  return registerUsers(
    host,
    Array.from({ length: size }, (_, index) => ({ name: `user${index}`, token: randomToken() })),
  );
}

/** A few at a time, so in no order. */
export async function registerUsers(host: XmppHost, users: readonly NewUser[]): Promise<readonly Device[]> {
  const rest = users.values();
  const devices: Device[] = [];
  const registerSome = async () => {
    for (const user of rest) devices.push(await registerUser(host, user));
  };
  await Promise.all(Array.from({ length: loginsAtOnce }, registerSome));
  return devices;
}

/** What a new user registers; with the usual provider where none is named. */
export interface NewUser {
  readonly name: string;
  readonly token: string;
  readonly provider?: string;
}

/** Settles when the user has registered, enabled push and gone away. */
async function registerUser(host: XmppHost, { name, token, provider }: NewUser): Promise<Device> {
  await host.addUser(name, password);
  const phone = await logIn(host, name, password);
  const answer = await phone.iq('set', parseStanza(registerDevice(token, provider)), host.componentJid);
  const node = commandFields(answer).get('node');
  if (node === undefined) throw new Error(`not registered: ${answer.toString()}`);
  await phone.iq('set', xml('enable', { xmlns: 'urn:xmpp:push:0', jid: host.componentJid, node }));
  await phone.goOffline();
  return { user: `${name}@${host.domain}`, token, node };
}

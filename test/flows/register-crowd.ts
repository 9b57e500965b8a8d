import { logIn } from '../../scripts/demo/phone.ts';
import { xml } from '../../src/xmpp/xml.ts';
import type { XmppHost } from '../servers/host.ts';
import { type Device, password, randomToken } from './scene.ts';
import { commandFields, parseStanza, registerDevice } from './stanzas.ts';

const loginsAtOnce = 8;

/** New users, each of whom registers one device, enables push at the server and goes away. */
export async function registerCrowd(host: XmppHost, size: number): Promise<readonly Device[]> {
  const names = Array.from({ length: size }, (_, index) => `user${index}`).values();
  const devices: Device[] = [];
  const registerSome = async () => {
    for (const name of names) devices.push(await registerUser(host, name));
  };
  await Promise.all(Array.from({ length: loginsAtOnce }, registerSome));
  return devices;
}

async function registerUser(host: XmppHost, name: string): Promise<Device> {
  await host.addUser(name, password);
  const phone = await logIn(host, name, password);
  const token = randomToken();
  const answer = await phone.iq('set', parseStanza(registerDevice(token)), host.componentJid);
  const node = commandFields(answer).get('node');
  if (node === undefined) throw new Error(`not registered: ${answer.toString()}`);
  await phone.iq('set', xml('enable', { xmlns: 'urn:xmpp:push:0', jid: host.componentJid, node }));
  await phone.goOffline();
  return { user: `${name}@${host.domain}`, token, node };
}

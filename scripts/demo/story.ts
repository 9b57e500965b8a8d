import type { SandboxPush } from '../../src/sandbox/apns/journal.ts';
import { xml } from '../../src/xmpp/xml.ts';
import { describeAnswer, publishesTo } from '../../test/servers/publishes.ts';
import { waitFor } from '../../test/servers/wait-for.ts';
import { type Device, discover, enableAndLeave, register, unregister } from './devices.ts';
import { expect } from './expect.ts';
import type { Narrator } from './narrator.ts';
import { bare, logIn, type Phone } from './phone.ts';
import { password, people, type Stage } from './stage.ts';

const limitMs = 20_000;

/** Plays the main job once round. Rejects at the first thing that doesn't happen as told. */
export async function tell(narrator: Narrator, stage: Stage): Promise<void> {
  const [anna, ben, carla] = await Promise.all(people.map((name) => logIn(stage.host, name, password)));
  if (anna === undefined || ben === undefined || carla === undefined) throw new Error('somebody is missing');

  narrator.step('Anna’s phone looks for a push service at her server');
  await discover(narrator, stage, anna);

  narrator.step('Two phones register by ad-hoc command (register-device)');
  const annas = await register(narrator, stage, anna);
  const bens = await register(narrator, stage, ben);

  narrator.step('Both enable push at their server (XEP-0357) and go offline');
  for (const [phone, device] of [
    [anna, annas],
    [ben, bens],
  ] as const)
    await enableAndLeave(narrator, stage, phone, device);

  narrator.step('Carla writes to both');
  await push(narrator, stage, carla, annas, 'Lunch at noon?');
  await push(narrator, stage, carla, bens, 'Lunch at noon? ☕');

  narrator.step('Anna’s phone unregisters by ad-hoc command (unregister-device)');
  await unregister(narrator, stage, annas);

  narrator.step('Carla writes to Anna, whose server still pushes: Reveille refuses');
  await beRefused(narrator, stage, carla, annas);

  narrator.step('Anna’s server has dropped the registration');
  await write(narrator, carla, annas.owner, 'Anna??');
  await push(narrator, stage, carla, bens, 'Is Anna with you?');
  expect(publishesTo(stage.tap, annas.node).length === 2, 'the server published for Anna again');
  narrator.seen('no publish for Anna', 'while Ben’s push arrived');
  await carla.goOffline();
}

/** A message to somebody who is away becomes a publish, the publish a push, and the server gets a result. */
async function push(narrator: Narrator, stage: Stage, from: Phone, device: Device, text: string): Promise<void> {
  const [published, pushed] = [publishesTo(stage.tap, device.node).length, pushesTo(stage, device).length];
  await write(narrator, from, device.owner, text);
  const answer = await waitFor('the answer to the server', () => publishesTo(stage.tap, device.node)[published]?.answer(), limitMs);
  expect(describeAnswer(answer) === 'result', `the server got ${describeAnswer(answer)}`);
  const arrived = await waitFor('the push at APNs', () => pushesTo(stage, device)[pushed], limitMs);
  expect(arrived.payload['account'] === device.owner, 'the push is for another account');
  narrator.seen(`APNs got a push for ${device.token.slice(0, 6)}…`, `${arrived.pushType}, topic ${arrived.topic}`);
  narrator.wire(JSON.stringify(arrived.payload, undefined, 2));
  narrator.seen('the server got', 'result');
}

/** The node is unknown by now; one more stanza through Carla's server and back says that it has taken the refusal in. */
async function beRefused(narrator: Narrator, stage: Stage, from: Phone, device: Device): Promise<void> {
  const [published, pushed] = [publishesTo(stage.tap, device.node).length, pushesTo(stage, device).length];
  await write(narrator, from, device.owner, 'Anna?');
  const answer = await waitFor('the refusal', () => publishesTo(stage.tap, device.node)[published]?.answer(), limitMs);
  expect(describeAnswer(answer) === 'cancel/item-not-found', `the server got ${describeAnswer(answer)}`);
  await from.iq('get', xml('ping', { xmlns: 'urn:xmpp:ping' }), stage.host.componentJid);
  expect(pushesTo(stage, device).length === pushed, 'a push went out all the same');
  narrator.wire(answer.toString());
  narrator.seen('the server got', 'item-not-found, and nothing went to APNs');
}

async function write(narrator: Narrator, from: Phone, to: string, text: string): Promise<void> {
  narrator.say(`${bare(from.jid)} → ${to}: “${text}”`);
  await from.write(to, text);
}

function pushesTo({ apns }: Stage, { token }: Device): readonly SandboxPush[] {
  return apns.pushes.filter((push) => push.token === token);
}

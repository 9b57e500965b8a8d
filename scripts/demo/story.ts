import { waitFor } from '../../test/helpers/wait-for.ts';
import { sendTestPush, uploadCertificate } from './administrator.ts';
import { type Device, discover, enableAndLeave, type Handset, register } from './devices.ts';
import { expect } from './expect.ts';
import { Messages } from './messages.ts';
import type { Narrator } from './narrator.ts';
import { logIn } from './stage/phone.ts';
import { password, people, type Stage } from './stage/stage.ts';
import { lockOut, unregisterOverRest } from './unregister-over-rest.ts';

const limitMs = 20_000;

/** Plays the main job once round. Rejects at the first thing that doesn't happen as told. */
export async function tell(narrator: Narrator, stage: Stage): Promise<void> {
  narrator.step('An administrator uploads Apple’s certificate by ad-hoc command');
  narrator.say('From the client at hand: no access to the machine, no restart. Apple’s lasts a year, and a new one goes the same way.');
  await uploadCertificate(narrator, stage);

  const [anna, ben, carla] = await Promise.all(people.map((name) => logIn(stage.host, name, password)));
  if (anna === undefined || ben === undefined || carla === undefined) throw new Error('somebody is missing');
  const iphone: Handset = { name: 'Anna’s iPhone', phone: anna, service: stage.apple };
  const android: Handset = { name: 'Ben’s Android phone', phone: ben, service: stage.google };
  const messages = new Messages(narrator, stage, carla);

  const devices = await introduce(narrator, stage, iphone, android);
  narrator.step('Carla writes to both, and both are woken');
  await messages.wake(devices, 'Lunch at noon? ☕');

  const [annas, bens] = devices;
  await leaveLockedOut(narrator, stage, messages, annas);
  await buyAnother(narrator, stage, { name: 'Carla’s Android phone', phone: carla, service: stage.google });
  await leaveWithoutAWord(narrator, stage, messages, bens);

  narrator.step('Their server has dropped both registrations');
  await messages.wakeNobody(devices, 'Anybody there?');
  narrator.seen('the server publishes', 'nothing, for either');
  await carla.goOffline();
}

/** How phone, server and Reveille come to know of each other. */
async function introduce(narrator: Narrator, stage: Stage, iphone: Handset, android: Handset): Promise<[Device, Device]> {
  narrator.step('Each phone looks for a push component at its server (disco#info)');
  for (const handset of [iphone, android]) await discover(narrator, stage, handset);

  narrator.step('Both register with it by ad-hoc command (register-device)');
  narrator.say('Reveille learns the token that Apple or Google knows the phone by; the phone gets a node, a name that says nothing.');
  const devices: [Device, Device] = [await register(narrator, stage, iphone), await register(narrator, stage, android)];

  narrator.step('Both tell the node to their server (enable, XEP-0357) and go offline');
  for (const device of devices) await enableAndLeave(narrator, stage, device);
  return devices;
}

async function leaveLockedOut(narrator: Narrator, stage: Stage, messages: Messages, device: Device): Promise<void> {
  narrator.step('Anna leaves the company, and her account gets another password');
  narrator.say('Messages for her still wake her iPhone. Without login it can neither disable push at the server nor run a command.');
  await lockOut(narrator, stage, device);

  narrator.step('She removes the account from the app, which unregisters over REST');
  narrator.say('Account and token are enough; on the net a reverse proxy adds TLS.');
  await unregisterOverRest(narrator, stage, device);

  narrator.step('Carla writes to Anna, whose server still pushes: Reveille refuses');
  const answer = await messages.beRefused(device, 'Anna?');
  narrator.wire(answer.toString().replaceAll('><', '>\n<'));
  narrator.seen('the server got', 'item-not-found, and nothing went to APNs');
}

async function buyAnother(narrator: Narrator, stage: Stage, handset: Handset): Promise<void> {
  narrator.step('Carla registers an Android phone, and the administrator tries it out');
  narrator.say('Reveille believes that a token is dead only once its credentials have brought a push to somebody else.');
  await sendTestPush(narrator, stage, await register(narrator, stage, handset));
}

async function leaveWithoutAWord(narrator: Narrator, stage: Stage, messages: Messages, device: Device): Promise<void> {
  narrator.step('Ben deletes the app; Google alone knows, until Carla writes to him');
  stage.google.removeApp(device.token);
  await messages.beRefused(device, 'Ben?');
  const answer = stage.google.lastAnswerTo(device.token);
  expect(answer === '404 UNREGISTERED', `FCM answered ${answer ?? 'nothing'}`);
  narrator.seen('FCM answered', answer);
  const removed = await waitFor('the log to say so', () => stage.reveille.lines.find(({ event }) => event === 'token-dead'), limitMs);
  expect(removed['provider'] === device.service.provider && removed['removed'] === 1, 'Reveille removed something else');
  narrator.seen('Reveille forgot', device.name);
  narrator.seen('the server got', 'item-not-found');
}

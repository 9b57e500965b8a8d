import { type Answer, askForForm, submit } from './stage/command.ts';
import type { Device } from './devices.ts';
import { expect } from './expect.ts';
import type { Narrator } from './narrator.ts';
import { bare, logIn, type Phone } from './stage/phone.ts';
import { app } from './stage/push-service.ts';
import { administrator, password, type Stage } from './stage/stage.ts';

/** An administrator gives Reveille Apple's certificate from a client (contract §4.4). Rejects where form or answer is not as told. */
export async function uploadCertificate(narrator: Narrator, stage: Stage): Promise<void> {
  const admin = await logIn(stage.host, administrator, password);
  const answer = await fillForm(narrator, stage, admin);
  expect(answer.status === 'completed', `Reveille asks again: ${answer.note}`);
  tellCertificate(narrator, answer);
  await admin.goOffline();
}

/** The administrator has a push sent to the device behind a node, for a test. Rejects where its push service did not take it. */
export async function sendTestPush(narrator: Narrator, stage: Stage, { name, node }: Device): Promise<void> {
  const admin = await logIn(stage.host, administrator, password);
  const { note } = await submit(admin, { service: stage.host.componentJid, node: 'send-test-push' }, { node });
  expect(note.startsWith('Accepted for 1 of 1'), `Reveille says: ${note}`);
  narrator.seen(`${bare(admin.jid)} sends ${name} a test push`, note);
  await admin.goOffline();
}

async function fillForm(narrator: Narrator, { host, apple }: Stage, admin: Phone): Promise<Answer> {
  const command = { service: host.componentJid, node: 'set-apns-certificate' };
  const form = await askForForm(admin, command);
  const asked = [...form.fields.keys()].join(', ');
  expect(asked === 'provider, certificate, password', `the form asks for ${asked}`);
  narrator.seen(`${bare(admin.jid)} gets the form`, `“${form.title}”`);
  const { p12, password: p12Password } = apple.certificate;
  const label = (name: string): string => `${form.fields.get(name)?.label ?? name}:`.padEnd(13);
  narrator.wire(`${label('provider')}${apple.provider}
${label('certificate')}what base64 prints of PushCertificate.p12, ${p12.length} bytes
${label('password')}…`);
  return submit(admin, command, { provider: apple.provider, certificate: p12.toString('base64'), password: p12Password }, form);
}

function tellCertificate(narrator: Narrator, { fields }: Answer): void {
  const valueOf = (name: string): string => fields.get(name)?.value ?? '';
  expect(valueOf('topics') === app, `Reveille took a certificate for ${valueOf('topics')}`);
  expect(new Date(valueOf('expires')) > new Date(), `Reveille took a certificate that ends on ${valueOf('expires')}`);
  for (const name of ['subject', 'topics', 'environment', 'expires']) narrator.seen(fields.get(name)?.label ?? name, valueOf(name));
}

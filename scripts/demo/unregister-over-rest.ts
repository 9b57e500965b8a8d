import { randomUUID } from 'node:crypto';
import type { Device } from './devices.ts';
import { expect } from './expect.ts';
import type { Narrator } from './narrator.ts';
import { logIn } from './stage/phone.ts';
import { password, type Stage } from './stage/stage.ts';

const answerTimeoutMs = 20_000;

/** From now on the server refuses the phone's password. Rejects when the phone still gets in. */
export async function lockOut(narrator: Narrator, { host }: Stage, { name, owner }: Device): Promise<void> {
  const user = owner.slice(0, owner.indexOf('@'));
  // For an account that is there, both hosts replace the password.
  await host.addUser(user, randomUUID());
  const condition = await logIn(host, user, password).then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error && 'condition' in error ? String(error.condition) : String(error)),
  );
  expect(condition === 'not-authorized', `the server had ${condition} against the old password`);
  narrator.seen(`${name} can’t log in any more`, condition);
}

/** Contract §7, as Siskin and Snikket do it: who knows account and token may, and nothing else is asked for. */
export async function unregisterOverRest(
  narrator: Narrator,
  { host, rest }: Stage,
  { name, owner, service, token }: Device,
): Promise<void> {
  const path = `/unregister-device/${host.componentJid}`;
  const request = { account: owner, provider: service.provider, 'device-token': token };
  narrator.wire(`POST ${path}\n${JSON.stringify({ ...request, 'device-token': '…' }, undefined, 2)}`);
  const answer = await fetch(`${rest}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const told = `${answer.status} ${await answer.text()}`;
  expect(told === '200 {"result":"success"}', `Reveille answered ${told}`);
  narrator.seen(`Reveille answers ${name}`, told);
}

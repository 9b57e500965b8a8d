import assert from 'node:assert/strict';
import test from 'node:test';
import type { Notification, Push } from '../../../src/index.ts';
import type { SandboxAnswer } from '../../../src/sandbox/apns/desk.ts';
import { authority, createStage, topic, type Stage } from '../apns/stage.ts';
import { buildPush, never, randomToken, writeInto } from '../kit.ts';

const call: Partial<Notification> = { encrypted: { payload: 'cGF5', iv: 'aXY=', type: 'voip' }, priority: 'high' };

interface CallStage extends Stage {
  /** Push type and status of every answer since this was asked last. */
  readonly asked: () => readonly string[];
  readonly build: (overrides?: Partial<Push>) => Push;
}

async function createCallStage(context: test.TestContext): Promise<CallStage> {
  const answers: SandboxAnswer[] = [];
  const stage = await createStage(context, { onAnswer: (answer) => answers.push(answer) });
  const tokens = { token: randomToken(), secondToken: randomToken(), registeredAt: new Date(Date.now() - 60_000) };
  return {
    ...stage,
    asked: () => answers.splice(0).map(({ pushType, status, topic: asked = '' }) => `${pushType} ${asked.slice(topic.length)} ${status}`),
    build: (overrides = {}) => buildPush(call, { ...tokens, ...overrides }),
  };
}

type Kill = (sandbox: Stage['sandbox'], token: string) => void;

const deaths: Readonly<Record<string, readonly [Kill, number]>> = {
  '410 Unregistered': [(sandbox, token) => sandbox.expire(token), 410],
  '400 BadDeviceToken': [(sandbox, token) => sandbox.markBad(token), 400],
  '400 DeviceTokenNotForTopic': [(sandbox, token) => sandbox.markForTopic(token, 'org.example.other.voip'), 400],
};

for (const [reason, [kill, status]] of Object.entries(deaths))
  test(`a second token refused with ${reason}: the call comes as an alert, the next one at once, and the device stays`, async (context) => {
    const { sandbox, create, captured, asked, build } = await createCallStage(context);
    const provider = create('token');
    const push = build();
    kill(sandbox, push.secondToken!);
    assert.deepEqual(await provider.push(push, never), { kind: 'accepted', id: push.id });
    assert.deepEqual(asked(), [`voip .voip ${status}`, 'alert  200']);
    assert.equal(sandbox.pushes.at(-1)?.token, push.token);
    assert.equal((await provider.push(build(), never)).kind, 'accepted');
    assert.deepEqual(asked(), ['alert  200']);
    assert.match(captured.text(), /second-token-dead/);
    assert.ok(!captured.text().includes(push.secondToken!.slice(0, 12)));
  });

test('a second token that was registered again is used again', async (context) => {
  const { sandbox, create, asked, build } = await createCallStage(context);
  const provider = create('token');
  const push = build();
  sandbox.expire(push.secondToken!);
  await provider.push(push, never);
  sandbox.revive(push.secondToken!);
  asked();
  assert.equal((await provider.push(build({ registeredAt: new Date() }), never)).kind, 'accepted');
  assert.deepEqual(asked(), ['voip .voip 200']);
});

test('a token dead since before it was registered is not held against it', async (context) => {
  const { sandbox, create, asked, build } = await createCallStage(context);
  const provider = create('token');
  const push = build();
  sandbox.expire(push.secondToken!, new Date(push.registeredAt.getTime() - 1));
  await provider.push(push, never);
  assert.deepEqual(asked(), ['voip .voip 410', 'alert  200']);
  await provider.push(build(), never);
  assert.deepEqual(asked(), ['voip .voip 410', 'alert  200']);
});

test('where the first token is dead as well the device is gone', async (context) => {
  const { sandbox, create, build } = await createCallStage(context);
  const push = build();
  const since = new Date();
  sandbox.expire(push.secondToken!);
  sandbox.expire(push.token, since);
  assert.deepEqual(await create('token').push(push, never), { kind: 'gone', since });
});

test('a service in trouble is no reason to give the second token up', async (context) => {
  const { sandbox, create, asked, build } = await createCallStage(context);
  const provider = create('token');
  sandbox.misbehave({ kind: 'answer', status: 503, reason: 'ServiceUnavailable' });
  assert.equal((await provider.push(build(), never)).kind, 'retry');
  await provider.push(build(), never);
  assert.deepEqual(asked(), ['voip .voip 503', 'voip .voip 200']);
});

test('a call that is refused for another reason comes as an alert, too, and the next one is tried again', async (context) => {
  const { sandbox, create, captured, asked, build } = await createCallStage(context);
  const provider = create('token');
  sandbox.misbehave({ kind: 'answer', status: 400, reason: 'TopicDisallowed' }, { times: 1 });
  assert.equal((await provider.push(build(), never)).kind, 'accepted');
  assert.equal((await provider.push(build(), never)).kind, 'accepted');
  assert.deepEqual(asked(), ['voip .voip 400', 'alert  200', 'voip .voip 200']);
  assert.match(captured.text(), /"call-refused".*TopicDisallowed/);
  assert.equal(provider.status().ready, true);
});

test('a certificate for messages only tells of calls by alerts', async (context) => {
  const { create, asked, build } = await createCallStage(context);
  assert.equal((await create('certificate').push(build(), never)).kind, 'accepted');
  assert.deepEqual(asked(), ['alert  200']);
});

test('a certificate for calls as well rings', async (context) => {
  const { create, captured, asked, build } = await createCallStage(context);
  writeInto(captured.tools.resolvePath('.'), { 'both.p12': authority.issueClient([topic, `${topic}.voip`]).p12('both') });
  const provider = create('certificate', { 'cert-file': 'both.p12', 'cert-password': 'both' });
  assert.equal((await provider.push(build(), never)).kind, 'accepted');
  assert.deepEqual(asked(), ['voip .voip 200']);
});

test('a second token that cannot be one is never asked for', async (context) => {
  const { create, asked, build } = await createCallStage(context);
  assert.equal((await create('token').push(build({ secondToken: '../3/device/x\r\n' }), never)).kind, 'accepted');
  assert.deepEqual(asked(), ['alert  200']);
});

test('a call past its time is not told to Apple at all', async (context) => {
  const { sandbox, create, build } = await createCallStage(context);
  const outcome = await create('token').push(build({ expiresAt: new Date(Date.now() - 1) }), never);
  assert.deepEqual(outcome, { kind: 'rejected', reason: 'expired before it was sent' });
  assert.equal(sandbox.connections.total, 0);
});

test('messages go to the first token whether or not there is a second', async (context) => {
  const { sandbox, create, build } = await createCallStage(context);
  const { token, secondToken } = build();
  await create('token').push(buildPush({ body: 'x' }, { token, secondToken }), never);
  assert.deepEqual(
    sandbox.pushes.map((push) => push.token),
    [token],
  );
});

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApnsProvider } from '../../../providers/apns/apns-provider.ts';
import { createApns } from '../../../providers/apns/create-apns.ts';
import type { Outcome } from '../../../src/index.ts';
import { createSandboxApns, type SandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildSigningKey, type ClientIdentity } from '../../../src/sandbox/authority.ts';
import { authority, topic } from './stage.ts';
import { buildPush, captureTools, createFolder, never, tally, writeInto } from '../kit.ts';

const everyMs = 20;
const patienceMs = 20_000;
const voipTopic = `${topic}.voip`;

const pem = ({ cert, key }: ClientIdentity) => cert + key;
const serialOf = ({ cert }: ClientIdentity) => new X509Certificate(cert).serialNumber;

async function createStage(context: TestContext, streams = 1000) {
  const folder = createFolder(context);
  const captured = captureTools(folder);
  const keys = [buildSigningKey('ABC123DEFG', 'DEF123GHIJ'), buildSigningKey('ABC123DEFG', 'DEF123GHIJ')] as const;
  const sandbox = await createSandboxApns({ authority, topics: [topic], keys: [keys[1]], streams });
  context.after(() => sandbox.close());
  writeInto(folder, { 'ca.pem': authority.ca });
  const create = (options: Readonly<Record<string, unknown>>): ApnsProvider => {
    const provider = createApns({ 'ca-file': 'ca.pem', endpoint: sandbox.origin, ...options }, captured.tools, everyMs);
    context.after(() => provider.close());
    return provider;
  };
  return { folder, captured, sandbox, keys, create };
}

/** Over the old file in one step, as tools that renew certificates do. */
function replaceFile(folder: string, name: string, content: string): void {
  writeInto(folder, { [`${name}.new`]: content });
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

async function eventually(condition: () => boolean, what: string): Promise<void> {
  const limit = Date.now() + patienceMs;
  while (!condition()) {
    assert.ok(Date.now() < limit, `waited for ${what}`);
    await pause(10);
  }
}

/** Long enough for the watch to have looked several times, were it to do anything. */
const untilLooked = () => pause(15 * everyMs);

const serials = (sandbox: SandboxApns) => tally(sandbox.pushes.map(({ certificateSerial }) => certificateSerial ?? 'none'));

test('a certificate replaced under a load of 200 pushes a second loses none', async (context) => {
  // Fewer streams than pushes under way: some also wait in the queue when the credentials change.
  const { folder, sandbox, captured, create } = await createStage(context, 4);
  const [old, fresh] = [authority.issueClient([topic]), authority.issueClient([topic])];
  writeInto(folder, { 'apns.pem': pem(old) });
  const provider = create({ 'cert-file': 'apns.pem' });
  const outcomes: Promise<Outcome>[] = [];
  const sendForMs = async (enough: () => boolean) => {
    while (!enough()) {
      outcomes.push(provider.push(buildPush({ messageCount: 1, body: 'x' }), never));
      sandbox.misbehave({ kind: 'delay', ms: 25 });
      await pause(5);
    }
  };
  await sendForMs(() => outcomes.length >= 200);
  replaceFile(folder, 'apns.pem', pem(fresh));
  const limit = Date.now() + patienceMs;
  await sendForMs(() => captured.text().includes('apns-credentials-replaced') || Date.now() > limit);
  const whenReplaced = outcomes.length;
  await sendForMs(() => outcomes.length >= whenReplaced + 200);
  const settled = await Promise.all(outcomes);
  assert.deepEqual(tally(settled.map(({ kind }) => kind)), { accepted: outcomes.length });
  const ids = sandbox.pushes.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, 'none arrived twice');
  assert.equal(ids.length, outcomes.length);
  const { [serialOf(old)]: before = 0, [serialOf(fresh)]: after = 0, ...others } = serials(sandbox);
  assert.deepEqual(others, {});
  assert.ok(before >= 200 && after >= 190, `${before} before, ${after} after`);
  await eventually(() => sandbox.connections.open === 1 && provider.status().sessions === 1, 'the old connection ends');
});

test('a bad file changes nothing, costs one warning that says why, and a good one after it is taken', async (context) => {
  const { folder, sandbox, captured, create } = await createStage(context);
  const old = authority.issueClient([topic]);
  writeInto(folder, { 'apns.pem': pem(old) });
  const provider = create({ 'cert-file': 'apns.pem' });
  const warnings = () =>
    captured
      .text()
      .split('\n')
      .filter((line) => line.includes('apns-credentials-not-replaced'));
  const expired = authority.issueClient([topic], new Date('2025-03-04T05:06:07Z'));
  const bad: readonly (readonly [content: string, complaint: RegExp])[] = [
    ['half a file', /apns\.pem is not a readable \.p12 file/],
    [old.cert + authority.issueClient([topic]).key, /does not belong to its certificate/],
    [pem(expired), /ended on 2025-03-04/],
    [pem(authority.issueClient(['org.example.other'])), /is for org\.example\.other, not for org\.example\.app/],
  ];
  for (const [index, [content, complaint]] of bad.entries()) {
    replaceFile(folder, 'apns.pem', content);
    await eventually(() => warnings().length === index + 1, `warning ${index + 1}`);
    assert.match(warnings().at(-1) ?? '', complaint);
    assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  }
  rmSync(join(folder, 'apns.pem'));
  await eventually(() => warnings().length === bad.length + 1, 'the warning of a file that is gone');
  await untilLooked();
  assert.equal(warnings().length, bad.length + 1);
  assert.deepEqual(serials(sandbox), { [serialOf(old)]: bad.length });
  assert.equal(sandbox.connections.total, 1);
  const fresh = authority.issueClient([topic]);
  replaceFile(folder, 'apns.pem', pem(fresh));
  await eventually(() => captured.text().includes('apns-credentials-replaced'), 'the good one');
  await provider.push(buildPush({}), never);
  assert.equal(sandbox.pushes.at(-1)?.certificateSerial, serialOf(fresh));
  assert.ok(!captured.text().includes('PRIVATE KEY'));
});

test('a link that is turned to another folder, as Kubernetes does it, counts as a change', async (context) => {
  const { folder, sandbox, captured, create } = await createStage(context);
  const [old, fresh] = [authority.issueClient([topic]), authority.issueClient([topic])];
  for (const [name, identity] of [
    ['v1', old],
    ['v2', fresh],
  ] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'apns.pem'), pem(identity));
    // Same size and the same moment: only the file itself is another.
    utimesSync(join(folder, name, 'apns.pem'), 1_700_000_000, 1_700_000_000);
  }
  symlinkSync('v1', join(folder, '..data'));
  symlinkSync('..data/apns.pem', join(folder, 'apns.pem'));
  const provider = create({ 'cert-file': 'apns.pem' });
  await provider.push(buildPush({}), never);
  await untilLooked();
  symlinkSync('v2', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  await eventually(() => captured.text().includes('apns-credentials-replaced'), 'the change');
  await provider.push(buildPush({}), never);
  assert.deepEqual(serials(sandbox), { [serialOf(old)]: 1, [serialOf(fresh)]: 1 });
});

test('a file written again with the same content costs no connection', async (context) => {
  const { folder, sandbox, captured, create } = await createStage(context);
  const identity = authority.issueClient([topic]);
  writeInto(folder, { 'apns.pem': pem(identity) });
  const provider = create({ 'cert-file': 'apns.pem' });
  await provider.push(buildPush({}), never);
  await untilLooked();
  replaceFile(folder, 'apns.pem', pem(identity));
  await untilLooked();
  await provider.push(buildPush({}), never);
  assert.equal(sandbox.connections.total, 1);
  assert.ok(!captured.text().includes('apns-credentials'));
});

test('a signing key that Apple refuses is replaced by the right one without a restart', async (context) => {
  const { folder, captured, keys, create } = await createStage(context);
  const [wrong, right] = keys;
  writeInto(folder, { 'key.p8': wrong.p8 });
  const provider = create({ 'apns-topic': topic, 'key-file': 'key.p8', 'key-id': wrong.keyId, 'team-id': wrong.teamId });
  assert.deepEqual(await provider.push(buildPush({}), never), { kind: 'rejected', reason: '403 InvalidProviderToken' });
  assert.equal(provider.status().ready, false);
  replaceFile(folder, 'key.p8', right.p8);
  await eventually(() => captured.text().includes('apns-credentials-replaced'), 'the right key');
  assert.equal(provider.status().ready, true);
  assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
});

test('a PushKit certificate has connections of its own for calls, and is replaced like the other', async (context) => {
  const { folder, sandbox, captured, create } = await createStage(context);
  const main = authority.issueClient([topic]);
  const [oldVoip, freshVoip] = [authority.issueClient([voipTopic]), authority.issueClient([voipTopic])];
  writeInto(folder, { 'main.p12': main.p12('one'), 'voip.p12': oldVoip.p12('two') });
  const files = { 'cert-file': 'main.p12', 'cert-password': 'one', 'pushkit-cert-file': 'voip.p12', 'pushkit-cert-password': 'two' };
  const provider = create(files);
  const call = { encrypted: { payload: 'cGF5', iv: 'aXY=', type: 'voip' }, priority: 'high' as const };
  const pushBoth = async () => {
    const secondToken = buildPush({}).token;
    await provider.push(buildPush({ messageCount: 1, body: 'x' }), never);
    await provider.push(buildPush(call, { secondToken }), never);
  };
  await pushBoth();
  writeInto(folder, { 'voip.p12': freshVoip.p12('two') });
  await eventually(() => captured.text().includes('apns-credentials-replaced'), 'the change');
  await pushBoth();
  assert.deepEqual(
    sandbox.pushes.map(({ topic: pushed, certificateSerial }) => [pushed, certificateSerial]),
    [
      [topic, serialOf(main)],
      [voipTopic, serialOf(oldVoip)],
      [topic, serialOf(main)],
      [voipTopic, serialOf(freshVoip)],
    ],
  );
});

test('replace() as an upload will call it: what had no credentials gets some', async (context) => {
  const { sandbox, create } = await createStage(context);
  const provider = create({ 'apns-topic': topic });
  assert.equal((await provider.push(buildPush({}), never)).kind, 'rejected');
  const { cert, key } = authority.issueClient([topic]);
  const expiresAt = new Date(Date.now() + 86_400_000);
  provider.replace({ kind: 'certificate', topic, certificate: { cert, key, topics: [topic], expiresAt }, pushKit: undefined });
  const { ready, topics, environment, credentialExpiresAt } = provider.status();
  assert.deepEqual([ready, topics, environment, credentialExpiresAt], [true, [topic], 'production', expiresAt]);
  assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  assert.equal(sandbox.pushes.length, 1);
});

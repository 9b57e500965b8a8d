import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { State } from '../../src/admin/state/state.ts';
import type { Examine } from '../../src/admin/routes/doctor.ts';
import { createSandboxApns, type SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import { adminToken, anna, apns, startTestApp, type TestApp } from '../helpers/app.ts';
import { createTestDatabase, createTestFolder } from '../helpers/database/postgres.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { findLeaks } from '../log/leaks.ts';
import { ask, openStream } from './client.ts';

const topic = 'org.example.app';
const uploadable = 'uploadable';
const password = 'the password of the p12';
const key = randomBytes(32);
const scripted = new URL('../helpers/scripted-provider.ts', import.meta.url).pathname;

interface Found {
  readonly devices: readonly { readonly registered: string; readonly used: string }[];
  readonly more: boolean;
}

describe('over the API of the status page', () => {
  const authority = buildAuthority();
  const cleanUp = new AsyncDisposableStack();
  let app: TestApp;
  let sandbox: SandboxApns;
  let examine: Examine = () => assert.fail('not asked');
  before(async () => {
    const folder = await createTestFolder();
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    sandbox = await createSandboxApns({ authority, topics: [topic] });
    cleanUp.defer(() => sandbox.close());
    writeFileSync(join(folder, 'ca.pem'), authority.ca);
    const options = { 'ca-file': join(folder, 'ca.pem'), proxy: [], 'apns-topic': topic, endpoint: sandbox.origin };
    const database = await createTestDatabase();
    cleanUp.defer(() => database.close());
    app = await startTestApp(
      {
        admin: {},
        database: { url: database.url, key },
        limits: { devicesPerOwner: 60 },
        providers: [
          { id: apns, use: scripted, options: {} },
          { id: uploadable, use: 'apns', options },
        ],
      },
      {},
      { examine: (signal) => examine(signal) },
    );
    cleanUp.defer(() => app.close());
  });
  after(() => cleanUp.disposeAsync());

  const lines = (action: string) => app.log.filter((line) => line.includes('"event":"admin-action"') && line.includes(`"${action}"`));

  test('a device is found by its owner, its token and its node, and its token is not told', async () => {
    const token = `accept-${'1'.repeat(30)}`;
    const node = await app.register(token);
    for (const body of [{ owner: anna }, { owner: `${anna.toUpperCase()}/Siskin` }, { token }, { token: ` ${token}\n` }, { node }]) {
      const { status, json, text } = await ask<Found>(app, '/api/devices/find', { body });
      assert.equal(status, 200, text);
      const [device] = json.devices;
      const { registered = '', used = '' } = device ?? {};
      assert.deepEqual(json, {
        devices: [{ node, owner: anna, provider: apns, dialect: 'tigase', token: 'accept…', registered, used }],
        more: false,
      });
      assert.ok(Math.abs(Date.parse(registered) - Date.now()) < 60_000);
      assert.ok(!text.includes(token));
    }
    for (const body of [{ owner: 'nobody@example.net' }, { token: `${token}1` }, { node: 'x' }, { node: 'a\0b' }])
      assert.deepEqual((await ask<Found>(app, '/api/devices/find', { body })).json, { devices: [], more: false });
    assert.equal((await ask<{ removed: boolean }>(app, '/api/devices/remove', { body: { node } })).json.removed, true);
  });

  test('at most fifty devices are shown, and that there are more', async () => {
    const owner = 'rich@example.net';
    for (let n = 0; n < 50; n += 1) await app.register(`accept-${n}-${'2'.repeat(20)}`, owner);
    const find = async () => (await ask<Found>(app, '/api/devices/find', { body: { owner } })).json;
    const all = await find();
    assert.deepEqual([all.devices.length, all.more], [50, false]);
    await app.register(`accept-50-${'2'.repeat(20)}`, owner);
    const most = await find();
    assert.deepEqual([most.devices.length, most.more], [50, true]);
  });

  test('a test push goes the way of real ones, and tells what the service said', async () => {
    const nodes = {
      good: await app.register(`accept-${'3'.repeat(20)}`),
      bad: await app.register(`reject-${'3'.repeat(20)}`),
      late: await app.register(`retry-${'3'.repeat(20)}`),
    };
    const said = async (node: string) => {
      const { json } = await ask<{ outcome: string; words: string; ms: number }>(app, '/api/devices/push', { body: { node } });
      assert.equal(typeof json.ms, 'number');
      return [json.outcome, json.words];
    };
    assert.deepEqual(await said(nodes.good), ['accepted', 'accepted']);
    assert.deepEqual(await said(nodes.bad), ['rejected', 'rejected: PayloadTooLarge']);
    assert.deepEqual(await said(nodes.late), ['retry', 'not delivered now: ServiceUnavailable']);
    const nobody = await ask(app, '/api/devices/push', { body: { node: 'x' } });
    assert.deepEqual([nobody.status, nobody.json], [404, { error: 'no such device is registered' }]);
    assert.equal(lines('test-push').length, 3);
    assert.ok(lines('test-push').every((line) => !line.includes(anna) && !line.includes(nodes.good)));
  });

  test('a device is removed once, its servers hear of it at the next publish, and it stands in the log', async () => {
    const node = await app.register(`accept-${'4'.repeat(20)}`);
    const other = await app.register(`accept-${'5'.repeat(20)}`);
    assert.deepEqual((await ask<{ removed: boolean }>(app, '/api/devices/remove', { body: { node } })).json, { removed: true });
    assert.deepEqual((await ask<{ removed: boolean }>(app, '/api/devices/remove', { body: { node } })).json, { removed: false });
    assert.equal((await ask<{ removed: boolean }>(app, '/api/devices/remove', { body: {} })).status, 400);
    assert.deepEqual((await ask<Found>(app, '/api/devices/find', { body: { node } })).json.devices, []);
    assert.equal((await ask<Found>(app, '/api/devices/find', { body: { node: other } })).json.devices.length, 1);
    assert.ok(lines('remove-device').length >= 2);
  });

  test('a certificate is checked as by the command, kept and used, and what is wrong is told in its words', async () => {
    const identity = authority.issueClient([topic]);
    const certificate = identity.p12(password).toString('base64');
    const set = (body: object) =>
      ask<{ words: string; expires: string }>(app, '/api/providers/certificate', {
        body: { provider: uploadable, certificate, password, ...body },
      });
    const before = (await ask<State>(app, '/api/state')).json.providers.find(({ id }) => id === uploadable);
    assert.deepEqual([before?.state, before?.takesCertificate], ['failed', true]);
    const refusals = [
      [{ password: 'wrong' }, /^The certificate is not accepted: .*password/],
      [{ certificate: 'no base64!' }, /^the certificate is not base64, or not all of it; make it with: base64 -w 0/],
      [{ provider: apns }, /^this provider takes no certificate; these do: uploadable$/],
      [
        { certificate: authority.issueClient(['org.example.other']).p12(password).toString('base64') },
        /^The certificate is not accepted: .*org\.example\.app/,
      ],
    ] as const;
    for (const [change, words] of refusals) {
      const { status, json } = await set(change);
      assert.equal(status, 422, JSON.stringify(json));
      assert.match(json.words, words);
    }
    const { status, json } = await set({});
    assert.equal(status, 200);
    assert.match(json.words, /^uploadable uses this certificate from now on\. It ends on \d{4}-\d\d-\d\d\.$/);
    assert.ok(Date.parse(json.expires) > Date.now());
    assert.equal((await set({ password: 1 })).status, 400);
    assert.equal(lines('set-certificate').length, refusals.length + 1);
  });

  test('where a service refuses, what to do is said as doctor would, by the provider itself', async () => {
    const node = await app.register('ab'.repeat(32), anna, uploadable);
    sandbox.misbehave({ kind: 'answer', status: 403, reason: 'BadCertificateEnvironment' });
    const { json } = await ask<{ words: string }>(app, '/api/devices/push', { body: { node } });
    assert.equal(json.words, 'rejected: 403 BadCertificateEnvironment');
    const advice = 'take some for production, or set environment = "sandbox"';
    const state = await waitFor('the state to tell', async () => {
      const now = (await ask<State>(app, '/api/state')).json;
      return now.failures.some(({ provider }) => provider === uploadable) && now;
    });
    const provider = state.providers.find(({ id }) => id === uploadable);
    assert.deepEqual(
      [provider?.state, provider?.words, provider?.advice],
      ['failed', 'Apple refuses our credentials: 403 BadCertificateEnvironment', advice],
    );
    const failure = state.failures.find(({ words }) => words === 'the push service refuses a push: 403 BadCertificateEnvironment');
    assert.deepEqual([failure?.provider, failure?.advice], [uploadable, advice]);
  });

  test('doctor tells each step as it comes and its end, one run at a time', async () => {
    const gate = Promise.withResolvers<undefined>();
    examine = async function* () {
      yield { title: 'configuration', verdict: 'ok', tried: 'read it', found: 'no mistakes' };
      await gate.promise;
      yield { title: 'database', verdict: 'failed', tried: 'ask it', found: 'refused', advice: 'start it' };
      yield { title: 'XMPP server', verdict: 'skipped', found: 'database failed' };
    };
    const stream = await openStream(app, '/api/doctor', { method: 'POST', body: '{}' });
    const first = await stream.next('step');
    assert.deepEqual(first.data, { name: 'configuration', verdict: 'ok', tried: 'read it', words: 'no mistakes' });
    const again = await ask(app, '/api/doctor', { body: {} });
    assert.deepEqual([again.status, again.json], [409, { error: 'doctor is running already; wait until it is done' }]);
    gate.resolve(undefined);
    assert.deepEqual((await stream.next('step')).data, {
      name: 'database',
      verdict: 'failed',
      tried: 'ask it',
      words: 'refused',
      advice: 'start it',
    });
    assert.deepEqual((await stream.next('end')).data, { failed: 1 });
    assert.equal((await stream.all.next()).done, true);
  });

  test('doctor ends when who asked for it leaves, or where it fails, and can be run again', async () => {
    const left = Promise.withResolvers<undefined>();
    examine = async function* (signal) {
      yield { title: 'clock', verdict: 'ok', found: 'right' };
      signal.addEventListener('abort', () => left.resolve(undefined));
      await left.promise;
    };
    const stream = await openStream(app, '/api/doctor', { method: 'POST', body: '{}' });
    await stream.next('step');
    stream.close();
    await left.promise;
    // eslint-disable-next-line require-yield
    examine = async function* () {
      throw new Error('the file is gone');
    };
    const broken = await openStream(app, '/api/doctor', { method: 'POST', body: '{}' });
    await assert.rejects(broken.next('end'));
    examine = async function* () {
      yield { title: 'clock', verdict: 'ok', found: 'right' };
    };
    const well = await openStream(app, '/api/doctor', { method: 'POST', body: '{}' });
    assert.deepEqual((await well.next('end')).data, { failed: 0 });
  });

  test('no answer and no line of the log holds a token, a secret, a key or a password, in whatever form', async () => {
    const token = `reject-${randomBytes(16).toString('hex')}`;
    const node = await app.register(token);
    const feed = await openStream(app, '/api/pushes');
    const answers: string[] = [];
    for (const body of [{ token }, { node }, { owner: anna }]) answers.push((await ask<Found>(app, '/api/devices/find', { body })).text);
    answers.push((await ask(app, '/api/devices/push', { body: { node } })).text);
    for (const path of ['/api/state', '/api/history']) answers.push((await ask(app, path)).text);
    for (let step = 0; step < 3; step += 1) answers.push(JSON.stringify(await feed.next('push')));
    feed.close();
    assert.ok(answers.some((answer) => answer.includes('PayloadTooLarge')));
    const secrets = new Map([
      ['token', token],
      ['component secret', app.config.component.secret],
      ['admin token', adminToken],
      ['database key', key.toString('base64')],
      ['database', app.config.database.url ?? ''],
      ['password', password],
    ]);
    assert.deepEqual(findLeaks([...answers, ...app.log], secrets), []);
    // Who follows pushes learns no names; who looks for somebody knows his.
    assert.deepEqual(findLeaks(answers.slice(4), new Map([['owner', anna], ['node', node]])), []); // prettier-ignore
  });
});

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ejabberdPackages, startEjabberd } from '../servers/ejabberd.ts';
import type { XmppHost } from '../servers/host.ts';
import { freePorts } from '../servers/daemon.ts';
import { prosodyPackages, startProsody } from '../servers/prosody.ts';
import { startReveille } from '../servers/reveille.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { createLog } from '../../src/log/log.ts';
import { Component } from '../../src/xmpp/link/component.ts';
import { Router } from '../../src/xmpp/routing/router.ts';
import { createScene, type Examination } from './scene.ts';

const component = 'XMPP server: component';
const silent = createLog('silent');

function examine(
  context: TestContext,
  host: XmppHost,
  parts: { readonly jid?: string; readonly secret?: string } = {},
): Promise<Examination> {
  const { componentPort, componentJid: jid, componentSecret: secret } = host;
  return createScene(context, { server: `127.0.0.1:${componentPort}`, jid, secret, ...parts }).examine();
}

/** Another program attached under the same name. */
async function occupy(context: TestContext, host: XmppHost): Promise<void> {
  const address = { host: '127.0.0.1', port: host.componentPort, tls: false };
  const options = { domain: host.componentJid, address, ca: undefined, secret: host.componentSecret, connections: 1, log: silent };
  const other = new Component(options, new Router({ routes: [], answerWithinMs: 1_000, inFlight: 10, log: silent }));
  context.after(() => other.close());
  other.start();
  await other.firstUp;
}

test('Prosody', { skip: await serverOrSkip(prosodyPackages) }, async (context) => {
  const host = await startProsody();
  context.after(() => host.stop());

  await context.test('that takes us: all is well, without DNS as well', async (inner) => {
    const examination = await examine(inner, host);
    assert.deepEqual([examination.exitCode, examination.summary['warning']], [0, 0], examination.output);
    assert.match(examination.step('XMPP server: outage').found, /which Prosody does not need/);
  });

  await context.test('that refuses the secret', async (inner) => {
    const examination = await examine(inner, host, { secret: 'not-the-secret' });
    assert.match(examination.step(component).found, /^not-authorized/);
    assert.ok(!examination.output.includes('not-the-secret'));
  });

  await context.test('that does not know the component', async (inner) => {
    assert.match((await examine(inner, host, { jid: 'unknown.chat.test' })).step(component).found, /^host-unknown.*unknown\.chat\.test/);
  });

  await context.test('with our own Reveille attached: its word is taken, its database is read, and it notices nothing', async (inner) => {
    const { http } = await freePorts('http');
    const { componentPort, componentJid: jid, componentSecret: secret } = host;
    const scene = createScene(inner, { server: `127.0.0.1:${componentPort}`, jid, secret, http: `127.0.0.1:${http}` });
    const reveille = await startReveille(scene.file);
    inner.after(() => reveille.kill());
    const before = reveille.lines.length;
    const examination = await scene.examine();
    assert.equal(examination.exitCode, 0, examination.output);
    assert.match(examination.step('HTTP port').found, /^Reveille is running; component: ok; database: ok/);
    assert.match(examination.step(component).tried ?? '', /ask the running Reveille/);
    assert.equal(examination.step('database: migrations').verdict, 'ok');
    assert.deepEqual(reveille.lines.slice(before), []);
    assert.equal(await reveille.stop(), 0);
  });

  await context.test('that has somebody else under the name', async (inner) => {
    await occupy(inner, host);
    const examination = await examine(inner, host);
    assert.equal(examination.exitCode, 1);
    assert.match(examination.step(component).found, /^conflict: another program is attached as push\.chat\.test/);
  });
});

test('ejabberd', { skip: await serverOrSkip(ejabberdPackages) }, async (context) => {
  const host = await startEjabberd();
  context.after(() => host.stop());

  await context.test('without DNS for the component: the loss that an outage would bring is told with its remedy', async (inner) => {
    const examination = await examine(inner, host);
    const { verdict, found, advice } = examination.step('XMPP server: outage');
    assert.deepEqual([examination.exitCode, verdict], [0, 'warning'], examination.output);
    assert.match(found, /^push\.chat\.test resolves nowhere: ejabberd.*remote-server-not-found.*deletes the registrations/);
    assert.match(advice ?? '', /DNS record.*push\.chat\.test/);
    assert.equal(examination.step('XMPP server: routing').verdict, 'ok');
  });

  await context.test('that refuses the secret, or does not know the domain: it says the same of both', async (inner) => {
    for (const parts of [{ secret: 'not-the-secret' }, { jid: 'unknown.chat.test' }]) {
      const { found, advice } = (await examine(inner, host, parts)).step(component);
      assert.match(found, /^not-authorized.*ejabberd says so of an unknown domain as well/);
      assert.match(advice ?? '', /hosts of ejabberd_service/);
    }
  });
});

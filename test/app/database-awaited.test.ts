import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeOf, registerRequest } from '../helpers/app.ts';
import { serveDebian, withoutDebian } from '../helpers/database/debian.ts';
import { ask, startServer } from '../helpers/database/postgres.ts';
import { buildPublish, countWaiting, describeAnswer, linesOf, message, openScene, provider } from '../push/delivery/scene.ts';
import { unavailable } from '../helpers/stage-provider.ts';
import { attachScene, type AwaitedScene } from './awaited-scene.ts';
import { waitFor } from '../helpers/wait-for.ts';

const shared = serveDebian();

const disco = `<iq type='get' id='disco' from='anna@example.net/phone' to='push.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`;
const ping = `<iq type='get' id='ping' from='example.net' to='push.test'><ping xmlns='urn:xmpp:ping'/></iq>`;
const version = `<iq type='get' id='version' from='example.net' to='push.test'><query xmlns='jabber:iq:version'/></iq>`;
const humanReadable = /<error type="wait"><internal-server-error.*<text[^>]*>the database can not be reached right now<\/text>/;

/** The reasons that the log gives for waiting, oldest first. */
const reasonsOf = (scene: AwaitedScene) =>
  linesOf(scene, 'database-awaited').map(({ level, reason }) => `${String(level)}: ${String(reason)}`);

async function isReady({ app }: AwaitedScene): Promise<boolean> {
  return Promise.race([app.ready.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);
}

test(
  'started while the database is away it is attached, answers wait to what needs one, and is all there once one comes, on the same stream',
  { skip: withoutDebian },
  async () => {
    const server = await startServer('debian');
    const url = await server.createDatabase();
    const before = await openScene(url);
    const [known, waiting] = [await before.device(), await before.device()];
    before.stage.answer = () => unavailable;
    assert.equal(await before.publish(waiting, message('waits')), 'result');
    await before.close();
    await server.stop();

    const scene = await attachScene({ url });
    try {
      const request = (xml: string) => scene.ask(xml);
      assert.equal(describeAnswer(await request(buildPublish(known, message('one')))), 'wait/internal-server-error');
      assert.equal(describeAnswer(await request(buildPublish('unknown', message('one')))), 'wait/internal-server-error');
      assert.match(await request(registerRequest('anna@example.net', provider, 'token')), humanReadable);
      assert.match(
        await request(registerRequest('anna@example.net', provider, 'token').replace("'register", "'unregister")),
        humanReadable,
      );
      for (const simple of [disco, ping, version]) assert.match(await request(simple), /^<iq type="result"/);
      assert.equal(await scene.health(), 200);
      assert.equal(await scene.readiness(), '503 does not answer');
      await waitFor('its reason in the log', () => reasonsOf(scene).length > 0);
      assert.equal(await isReady(scene), false);

      await server.start();
      await scene.app.ready;
      assert.equal(await scene.readiness(), '200 ok');
      assert.equal(describeAnswer(await request(buildPublish(known, message('two')))), 'result');
      nodeOf(await request(registerRequest('anna@example.net', provider, 'token')));
      await waitFor('the push that waited since before', () =>
        scene.stage.accepted.some(({ notification }) => notification.body === 'waits'),
      );
      await waitFor('it to be taken out of the database', async () => (await countWaiting(url)) === 0);
      assert.equal(scene.server.peers.length, 1);
      assert.equal(linesOf(scene, 'database-arrived').length, 1);
      // A server that comes up says other things than none, but each of them once.
      assert.equal(new Set(reasonsOf(scene)).size, reasonsOf(scene).length);
      assert.deepEqual(linesOf(scene, 'handler-failed'), []);
    } finally {
      await scene.close();
      await server.close();
    }
  },
);

test(
  'a database that does not exist yet is an error in the log, and is used as soon as somebody has made it',
  { skip: withoutDebian },
  async () => {
    const url = await shared().createDatabase();
    const missing = new URL(url);
    missing.pathname += '_restored';
    const scene = await attachScene({ url: missing.href });
    try {
      await waitFor('the reason', () => reasonsOf(scene).length > 0);
      assert.match(reasonsOf(scene)[0]!, /^error: .*database ".*" does not exist/);
      assert.equal(describeAnswer(await scene.ask(buildPublish('unknown', message('one')))), 'wait/internal-server-error');
      await ask(url, `CREATE DATABASE "${missing.pathname.slice(1)}"`);
      await scene.app.ready;
      assert.equal(describeAnswer(await scene.ask(buildPublish('unknown', message('one')))), 'cancel/item-not-found');
    } finally {
      await scene.close();
    }
  },
);

test('a database that is read-only while tables are to be made is awaited until it takes them', { skip: withoutDebian }, async () => {
  const url = await shared().createDatabase();
  const name = new URL(url).pathname.slice(1);
  await ask(url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  const scene = await attachScene({ url });
  try {
    await waitFor('the reason', () => reasonsOf(scene).some((reason) => /^warn: .*read-only transaction/.test(reason)));
    await ask(url, `BEGIN READ WRITE; ALTER DATABASE ${name} RESET default_transaction_read_only; COMMIT`);
    await scene.app.ready;
  } finally {
    await scene.close();
  }
});

test('a database without a connection to spare is awaited until it has some', { skip: withoutDebian }, async () => {
  const url = await shared().createDatabase();
  const name = new URL(url).pathname.slice(1);
  await ask(url, `ALTER DATABASE ${name} CONNECTION LIMIT 0`);
  await ask(url, `CREATE ROLE lodger LOGIN; GRANT ALL ON DATABASE ${name} TO lodger; ALTER SCHEMA public OWNER TO lodger`);
  const scene = await attachScene({ url: url.replace('tester@', 'lodger@') });
  try {
    await waitFor('the reason', () => reasonsOf(scene).some((reason) => /^warn: .*too many connections/.test(reason)));
    await ask(url, `ALTER DATABASE ${name} CONNECTION LIMIT -1`);
    await scene.app.ready;
  } finally {
    await scene.close();
  }
});

test('closed while the database is away it ends', { skip: withoutDebian }, async () => {
  const server = await startServer('debian');
  const url = await server.createDatabase();
  await server.stop();
  const scene = await attachScene({ url });
  try {
    await waitFor('link and reason', () => linesOf(scene, 'component-up').length > 0 && reasonsOf(scene).length > 0);
    await scene.app.close();
    await assert.rejects(scene.app.ready, /stopped before the database was there/);
    assert.ok(scene.peer.text.includes('</stream:stream>'), 'the stream was closed');
  } finally {
    await scene.close();
    await server.close();
  }
});

test('a database of a newer program ends it, at the start and after it was awaited', { skip: withoutDebian }, async () => {
  const server = await startServer('debian');
  const url = await server.createDatabase();
  await (await openScene(url)).close();
  await ask(url, `INSERT INTO migrations (number, file) VALUES (9999, 'later')`);
  await assert.rejects(attachScene({ url }), /set up by a newer Reveille/);
  await server.stop();
  const scene = await attachScene({ url });
  try {
    await server.start();
    await assert.rejects(scene.app.ready, /set up by a newer Reveille/);
  } finally {
    await scene.close();
    await server.close();
  }
});

test('an url that no waiting heals ends it at once', async () => {
  await assert.rejects(attachScene({ url: 'postgres://reveille@localhost:port/reveille' }), /Invalid URL/);
});

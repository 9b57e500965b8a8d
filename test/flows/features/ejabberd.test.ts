import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTestDatabase } from '../../helpers/database/postgres.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { connectClient } from '../../servers/client.ts';
import { startEjabberd } from '../../servers/ejabberd.ts';
import { ejabberd24 } from '../../servers/real-servers.ts';
import { startReveille } from '../../servers/reveille.ts';
import { serverOrSkip } from '../../servers/server-or-skip.ts';
import { startTap } from '../../servers/tap.ts';
import { trixieRoot } from '../../servers/trixie.ts';
import { openScene } from '../stage/open-scene.ts';
import { startPushService } from '../stage/push-service.ts';
import { type Device, password, randomToken, type Scene } from '../stage/scene.ts';
import { commandFields, parseStanza, provider, registerDevice } from '../stage/stanzas.ts';

const skip = await serverOrSkip(ejabberd24.packages, ejabberd24.release);

describe('sessions that ejabberd 24.12 keeps', { skip }, () => {
  const cleanUp = new AsyncDisposableStack();
  let scene: Scene;
  before(async () => {
    const modules = ['mod_stream_mgmt: {}', 'mod_client_state: {}', 'mod_push_keepalive: { wake_on_start: true }'];
    scene = await openScene(ejabberd24, cleanUp, { withBody: true, modules });
  });
  after(() => cleanUp.disposeAsync());

  test('a phone whose network is gone is pushed to, and its session waits for it', async () => {
    const token = randomToken();
    const alice = await connectClient(scene.host, 'alice', password, { resumable: true });
    cleanUp.defer(() => alice.goOffline());
    const node = commandFields(parseStanza(await alice.iq('set', registerDevice(token), scene.host.componentJid))).get('node') ?? '';
    assert.match(
      await alice.iq('set', `<enable xmlns='urn:xmpp:push:0' jid='${scene.host.componentJid}' node='${node}'/>`),
      /type="result"/,
    );
    await alice.send(`<inactive xmlns='urn:xmpp:csi:0'/>`);
    await alice.vanish();
    await waitFor('the sleeping session', () => /for stream resumption/.test(scene.host.log()));
    await scene.write(alice.jid, 'while asleep');
    assert.equal(await scene.answer(node, 1), 'result');
    await waitFor('the text', () => scene.pushService.accepted(token).some(({ payload }) => payload?.['body'] === 'while asleep'));
  });

  // Its modules start before its listeners, so no component is there yet: the pushes go to s2s, and the errors are ignored.
  test('what it publishes to every registration at its start reaches nobody and costs no registration', async () => {
    const devices: Device[] = [];
    for (let count = 1; count <= 5; count += 1) devices.push(await scene.registerAlice());
    await scene.restartHost();
    await scene.settled();
    assert.deepEqual(
      devices.map(({ node }) => scene.publishes(node).length),
      [0, 0, 0, 0, 0],
    );
    await scene.write(devices[0]!.user, 'after the start');
    for (const { token } of devices)
      await waitFor('the push after the start', () =>
        scene.pushService.accepted(token).some(({ payload }) => payload?.['body'] === 'after the start'),
      );
  });
});

/** Which of the two a stanza goes to is drawn for each; all stages of so many commands at one has a chance of 2^-40. */
const commandsAtMost = 40;

test('two instances behind one ejabberd with domain_balancing: a form asked of one is completed at the other', { skip }, async () => {
  await using cleanUp = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'reveille-flow-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const database = await createTestDatabase();
  cleanUp.defer(() => database.close());
  const host = await startEjabberd({ root: trixieRoot, balanced: 2 });
  cleanUp.defer(() => host.stop());
  await host.addUser('bob', password);
  const tap = await startTap(host);
  cleanUp.defer(() => tap.close());
  const pushService = await startPushService(folder);
  cleanUp.defer(() => pushService.close());
  const configFile = join(folder, 'reveille.toml');
  writeFileSync(
    configFile,
    `[component]
jid = "${host.componentJid}"
server = "127.0.0.1:${tap.port}"
secret = "${host.componentSecret}"
[database]
url = "${database.url}"
[http]
listen = "127.0.0.1:0"
[providers."${provider}"]
${pushService.providerTable}
`,
  );
  for (let instance = 1; instance <= 2; instance += 1) {
    const reveille = await startReveille(configFile);
    cleanUp.defer(() => reveille.stop().then(() => undefined));
  }
  const bob = await connectClient(host, 'bob', password);
  cleanUp.defer(() => bob.goOffline());
  const stages = () => tap.fromServer.filter(({ stanza }) => stanza.getChild('command') !== undefined).map(({ connection }) => connection);
  const hasCrossed = () => stages().some((connection, index) => index % 2 === 1 && connection !== stages()[index - 1]);
  for (let count = 0; count < commandsAtMost && !hasCrossed(); count += 1) {
    const token = String(count).padStart(64, '0');
    const { status, answer } = await bob.adhoc(host.componentJid, 'register-device', { provider, 'device-token': token });
    assert.deepEqual(status, ['executing', 'completed']);
    assert.match(answer, /var="node"/);
  }
  assert.ok(hasCrossed(), 'no second stage came to the other instance');
});

import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { callInit } from '../../cli/init/calling.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { connectClient } from '../../servers/client.ts';
import { prosodyPackages, startProsody } from '../../servers/prosody.ts';
import { startReveille } from '../../servers/reveille.ts';
import { serverOrSkip } from '../../servers/server-or-skip.ts';
import { startPushService } from '../stage/push-service.ts';
import { password, randomToken } from '../stage/scene.ts';
import { commandFields, parseStanza, registerDevice } from '../stage/stanzas.ts';

const componentJid = 'push.chat.test';

describe('from nothing to a push, with reveille init', { skip: await serverOrSkip(prosodyPackages) }, () => {
  const cleanUp = new AsyncDisposableStack();
  after(() => cleanUp.disposeAsync());

  test('what init writes for Prosody and for Reveille is all that a push needs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reveille-init-'));
    cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755); // As root, the embedded database and Prosody run as users of their own.
    const pushService = await startPushService(folder);
    cleanUp.defer(() => pushService.close());
    const include = join(folder, '*.added.lua');
    const host = await startProsody({ componentJid: 'other.chat.test', withBody: true, include });
    cleanUp.defer(() => host.stop());
    for (const name of ['alice', 'bob']) await host.addUser(name, password);

    const said = await callInit(folder, [
      ...['--server', 'prosody', '--address', `127.0.0.1:${host.componentPort}`, '--jid', componentJid],
      ...['--app', 'apns', '--credentials', 'AuthKey.p8', '--topic', pushService.topic],
      ...['--key-id', pushService.key.keyId, '--team-id', pushService.key.teamId],
      ...['--endpoint', pushService.sandbox.origin, '--ca-file', 'ca.pem', '--listen', '127.0.0.1:0'],
    ]);
    assert.deepEqual([said.exitCode, said.err], [0, ''], said.out);
    const snippet = join(folder, 'reveille.prosody.cfg.lua');
    copyFileSync(snippet, join(folder, 'reveille.added.lua'));
    chmodSync(join(folder, 'reveille.added.lua'), 0o644);
    await host.restart();

    const reveille = await startReveille(join(folder, 'reveille.toml'));
    cleanUp.defer(() => reveille.stop().then(() => undefined));
    const token = randomToken();
    const alice = await connectClient(host, 'alice', password);
    cleanUp.defer(() => alice.goOffline());
    const node = commandFields(parseStanza(await alice.iq('set', registerDevice(token), componentJid))).get('node') ?? '';
    const enabled = await alice.iq('set', `<enable xmlns='urn:xmpp:push:0' jid='${componentJid}' node='${node}'/>`);
    assert.equal(parseStanza(enabled).attrs['type'], 'result', enabled);
    await alice.goOffline();
    const bob = await connectClient(host, 'bob', password);
    cleanUp.defer(() => bob.goOffline());
    await bob.send(`<message to='alice@${host.domain}' type='chat'><body>Good morning</body></message>`);
    const push = await waitFor('the push', () => pushService.accepted(token)[0]);
    assert.equal(push.payload?.['body'], 'Good morning');
    assert.equal(await reveille.stop(), 0);
  });
});

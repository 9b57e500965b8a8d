import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { realServers } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { openScene } from './stage/open-scene.ts';
import type { Scene } from './stage/scene.ts';
import { parseStanza, provider } from './stage/stanzas.ts';

const commands = 'http://jabber.org/protocol/commands';

for (const server of realServers) {
  describe(`an administrator with an independent client at ${server.name}`, { skip: await serverOrSkip(server.packages) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let scene: Scene;
    before(async () => (scene = await openScene(server, cleanUp, { admins: ['bob'] })));
    after(() => cleanUp.disposeAsync());

    const run = async (node: string, values: Readonly<Record<string, string>>) => {
      const { status, answer } = await scene.bob.adhoc(scene.host.componentJid, node, values);
      return { status, ...readAnswer(answer) };
    };

    test('finds the commands, which nobody else does', async () => {
      const nodes = async (client: typeof scene.bob) =>
        (await client.discoItems(scene.host.componentJid, commands)).map(({ node }) => node ?? '').sort();
      const own = await nodes(scene.bob);
      for (const node of ['send-test-push', 'list-devices', 'remove-devices', 'statistics']) assert.ok(own.includes(node), node);
      const alice = await scene.logIn('alice');
      try {
        assert.deepEqual(await nodes(alice), [
          'register-device',
          'register-push-apns',
          'unregister-device',
          'unregister-push-apns',
          'v1-register-push',
          'v1-unregister-push',
        ]);
        const request = `<command xmlns='${commands}' node='list-devices'/>`;
        assert.match(await alice.iq('set', request, scene.host.componentJid), /<error[^>]* type=["']auth["']/);
      } finally {
        await alice.goOffline();
      }
    });

    test('sends a test push, which arrives at the push service', async () => {
      const { token, user } = await scene.registerAlice();
      const { status, notes, rows } = await run('send-test-push', { jid: user, body: 'Do you hear me?' });
      assert.deepEqual([status, notes], [['executing', 'completed'], ['Accepted for 1 of 1 device.']]);
      assert.deepEqual(rows, [[provider, `${token.slice(0, 6)}…`, 'accepted']]);
      const [push, ...others] = scene.pushService.accepted(token);
      assert.deepEqual([others, push?.payload?.['body']], [[], 'Do you hear me?']);
      await run('remove-devices', { jid: user });
    });

    test('reads in words what the push service thinks of a dead token', async () => {
      const { token, user } = await scene.registerAlice();
      scene.pushService.declareDead(token);
      const { notes, rows } = await run('send-test-push', { jid: user });
      assert.deepEqual(notes, ['Accepted for 0 of 1 device.']);
      assert.match(rows[0]?.[2] ?? '', /^gone: the token is dead since \d{4}-.*; the registration was removed$/);
      assert.deepEqual((await run('list-devices', { jid: user })).notes, ['No device matches.']);
    });

    test('lists devices, is asked before several go, and removes them; the server hears of it at the next publish', async () => {
      const devices = [await scene.registerAlice(), await scene.registerAlice()];
      const user = devices[0]!.user;
      const listed = await run('list-devices', { domain: scene.host.domain });
      assert.deepEqual([listed.notes, listed.rows.map(([owner]) => owner)], [['2 devices.'], [user, user]]);
      assert.deepEqual(listed.rows.map(([, , , , , node]) => node).sort(), devices.map(({ node }) => node).sort());
      const asked = await run('remove-devices', { jid: user });
      assert.deepEqual(asked.status, ['executing', 'executing']);
      assert.match(asked.notes[0] ?? '', /^2 devices would be removed\./);
      assert.deepEqual((await run('remove-devices', { jid: user, confirm: '1' })).notes, ['2 devices removed.']);
      await scene.write(user);
      const { node } = devices[1]!;
      await waitFor('a publish', () => scene.publishes(node)[0]);
      assert.equal(await scene.answer(node, 1), 'cancel/item-not-found');
    });
  });
}

function readAnswer(answer: string): { notes: readonly string[]; rows: readonly (readonly string[])[] } {
  const command = parseStanza(answer).getChild('command', commands);
  const items = command?.getChild('x', 'jabber:x:data')?.getChildren('item') ?? [];
  return {
    notes: (command?.getChildren('note') ?? []).map((note) => note.getText()),
    rows: items.map((item) => item.getChildren('field').map((field) => field.getChildText('value') ?? '')),
  };
}

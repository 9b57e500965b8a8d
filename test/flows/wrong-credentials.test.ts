import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allServers } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { type Group, openSmallServers, type SmallServers, type Tally } from './stage/open-small-servers.ts';

const allSizes = [1, 2, 5, 12, 25];
const fewSizes = [1, 5];

/** What a message to everybody led to. */
interface Round {
  /** Answers to the server's publishes. */
  readonly answers: Tally;
  /** Of the push service, since Reveille was started. */
  readonly replies: Tally;
  /** Registrations after it. */
  readonly registered: number;
}

for (const server of allServers) {
  const sizes = server.release === undefined ? allSizes : fewSizes;
  // Prosody 13.0 never gives a registration up.
  const refusals = Math.min(server.patience, 16);

  describe(`credentials of another app, behind ${server.name}`, { skip: await serverOrSkip(server.packages, server.release) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let stage: SmallServers;
    before(async () => (stage = await openSmallServers(server, cleanUp, sizes)));
    after(() => cleanUp.disposeAsync());

    test('cost no registration, over a restart, and with the right ones every phone is woken', async (context) => {
      const before = await stage.countRegistrations();
      const first = await playRound(stage);
      const second = await playRound(stage);
      await stage.restart('wrong', sizes);
      const restarted = await playRound(stage);
      await stage.restart('right', sizes);
      const mended = await playRound(stage);

      context.diagnostic('server   | service | devices | registrations | wrong | again | restarted | right | pushes delivered');
      for (const { service, provider, devices } of stage.groups) {
        const rounds = [first, second, restarted, mended].map((round) => round.get(provider)?.registered ?? 0);
        const numbers = [devices.length, before.get(provider) ?? 0, ...rounds, mended.get(provider)?.replies['ok'] ?? 0];
        context.diagnostic([server.name.padEnd(8), service.name, ...numbers].join(' | '));
      }
      const expect = (word: (group: Group) => string) =>
        stage.groups.map((group) => {
          const all = group.devices.length;
          return [group.provider, { answers: { result: all }, replies: { [word(group)]: all }, registered: all }];
        });
      const refused = expect(({ service }) => service.refusal);
      for (const round of [first, second, restarted]) assert.deepEqual([...round], refused);
      assert.deepEqual(
        [...mended],
        expect(() => 'ok'),
      );
    });

    test(`once they are proven one dead token among five is removed at once, whatever the server's patience with it (${server.patience})`, async () => {
      for (const group of stage.groups.filter(({ devices }) => devices.length === 5)) {
        const [dead, ...living] = group.devices;
        assert.ok(dead);
        group.service.uninstall(dead.token);
        for (let count = 1; count <= refusals; count += 1) {
          assert.equal(await stage.write(dead), 'cancel/item-not-found');
          assert.equal((await stage.countRegistrations()).get(group.provider), living.length);
          await stage.settled();
        }
        const { length } = stage.publishes(dead);
        assert.deepEqual(await stage.writeToAll({ ...group, devices: living }), { result: living.length });
        if (server.patience === Infinity) continue;
        await stage.send(dead);
        await stage.settled();
        assert.equal(stage.publishes(dead).length, length);
      }
    });
  });
}

async function playRound(stage: SmallServers): Promise<ReadonlyMap<string, Round>> {
  const answers = await Promise.all(stage.groups.map((group) => stage.writeToAll(group)));
  const replies = await Promise.all(stage.groups.map((group) => stage.readReplies(group)));
  const registered = await stage.countRegistrations();
  return new Map(
    stage.groups.map((group, index) => [
      group.provider,
      { answers: answers[index] ?? {}, replies: replies[index] ?? {}, registered: registered.get(group.provider) ?? 0 },
    ]),
  );
}

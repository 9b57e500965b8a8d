import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nodeOf, registerRequest } from '../helpers/app.ts';
import { createTestFolder, startServer, type TestServer } from '../helpers/database/postgres.ts';
import { folderProvider, readAccepted } from '../helpers/folder-provider.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { startXmppServer, type XmppPeer, type XmppServer } from '../helpers/xmpp-server.ts';
import { startReveille, type ReveilleProcess } from '../servers/reveille.ts';
import { buildPublish, describeAnswer, message } from '../push/delivery/scene.ts';
import { connectDevice } from './device.ts';
import { fieldOf } from './scene.ts';

let folder: string;
let database: TestServer;

before(async () => {
  folder = await createTestFolder();
  database = await startServer('embedded');
});
after(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

interface Instance {
  readonly process: ReveilleProcess;
  readonly xmpp: XmppServer;
  readonly peer: XmppPeer;
  readonly port: number;
  /** Of the metrics. */
  read(series: string): Promise<number>;
}

async function start(name: string, url: string): Promise<Instance> {
  const xmpp = await startXmppServer();
  const config = join(folder, `${name}.toml`);
  writeFileSync(
    config,
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${xmpp.port}"\nsecret = "${xmpp.secret}"\n[log]\nlevel = "info"\n` +
      `[database]\nurl = ${JSON.stringify(url)}\n[http]\nlisten = "127.0.0.1:0"\n[local-push]\nproviders = ["folder"]\nanswer-within = "2s"\n` +
      `[providers.folder]\nuse = ${JSON.stringify(folderProvider)}\nfolder = ${JSON.stringify(folder)}\n`,
  );
  const process = await startReveille(config);
  const port = Number(
    String(process.lines.find(({ event }) => event === 'ready')?.['http'])
      .split(':')
      .at(-1),
  );
  const read = async (series: string) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length),
    );
  };
  return { process, xmpp, peer: await xmpp.online(), port, read };
}

test('kill -9 of either instance loses no push: the phone gets it there, at its push service, or where it comes back', async () => {
  const url = await database.createDatabase();
  const [first, second] = [await start('first', url), await start('second', url)];
  const publish = async (instance: Instance, body: string) =>
    describeAnswer(await instance.peer.ask(buildPublish(phone.node, message(body))));
  const form = await first.peer.ask(registerRequest('dave@example.net', 'folder', 'daves-token'));
  const phone = { node: nodeOf(form), secret: fieldOf(form, 'local-push-secret') };
  const device = await connectDevice(second.port, phone);
  await waitFor('the phone elsewhere', async () => (await first.read('reveille_local_devices_elsewhere')) === 1);
  assert.equal(await publish(first, 'to the other one'), 'result');
  assert.equal(device.pushes().length, 1);

  // The one that holds the connection.
  await second.process.kill();
  assert.equal(await publish(first, 'nobody there'), 'result');
  assert.deepEqual(readAccepted(folder), ['daves-token']);
  assert.equal(await device.ended(), 1006);
  const back = await connectDevice(first.port, phone);
  assert.equal(await publish(first, 'back again'), 'result');
  assert.equal(back.pushes().length, 1);
  await waitFor('the dead one forgotten', async () => (await first.read('reveille_local_instances')) === 0);

  // The one that only publishes, while it has a push on its way to the other.
  const third = await start('third', url);
  await waitFor('the phone elsewhere', async () => (await third.read('reveille_local_devices_elsewhere')) === 1);
  back.answers = false;
  third.peer.write(buildPublish(phone.node, message('cut off')));
  await waitFor('the push', () => back.pushes().length === 2);
  await third.process.kill();
  back.answers = true;
  await back.say({ type: 'ack', id: back.pushes()[1]?.['id'] });
  assert.equal(await publish(first, 'still here'), 'result');
  assert.equal(back.pushes().length, 3);
  assert.deepEqual(readAccepted(folder), ['daves-token']);
  assert.equal(await first.process.stop(), 0);
  assert.equal(await back.ended(), 1012);
  for (const { xmpp } of [first, second, third]) await xmpp.close();
});

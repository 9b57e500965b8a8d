import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nodeOf, registerRequest } from '../../helpers/app.ts';
import { downFile, folderProvider, readAccepted } from '../../helpers/folder-provider.ts';
import { createTestFolder, startServer, type TestServer } from '../../helpers/database/postgres.ts';
import { startXmppServer, type XmppPeer, type XmppServer } from '../../helpers/xmpp-server.ts';
import { startReveille } from '../../servers/reveille.ts';
import { buildPublish, message } from './scene.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const devices = 200;
const publishes = 5_000;
/** Answers that are waited for before the kill. */
const enough = 500;

let folder: string;
let database: TestServer;
let xmpp: XmppServer;
let config: string;

before(async () => {
  folder = await createTestFolder();
  database = await startServer('embedded');
  xmpp = await startXmppServer();
  config = join(folder, 'reveille.toml');
  writeFileSync(
    config,
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${xmpp.port}"\nsecret = "${xmpp.secret}"\n[log]\nlevel = "info"\n` +
      `[database]\nurl = ${JSON.stringify(await database.createDatabase())}\n[http]\nlisten = "127.0.0.1:0"\n` +
      `[limits]\nregistrations-per-minute = 10000\n[providers.folder]\nuse = ${JSON.stringify(folderProvider)}\nfolder = ${JSON.stringify(folder)}\n`,
  );
});
after(async () => {
  await xmpp.close();
  await database.close();
  await rm(folder, { recursive: true });
});

/** The nodes of devices whose tokens are their numbers. */
async function register(peer: XmppPeer): Promise<readonly string[]> {
  const request = (token: number) => registerRequest(`user${token}@example.net`, 'folder', `${token}`);
  return (await Promise.all(Array.from({ length: devices }, (_, token) => peer.ask(request(token))))).map(nodeOf);
}

/** Ids of the publishes that were answered with a result. */
function resultsIn(text: string): readonly string[] {
  return [...text.matchAll(/<iq type="result" id="(burst[^"]*)"/g)].map(([, id]) => id ?? '');
}

test('after kill -9 in the middle of a burst the next instance delivers everything that was acknowledged', async () => {
  const first = await startReveille(config);
  const peer = await xmpp.online(1);
  const nodes = await register(peer);
  writeFileSync(downFile(folder), '');
  const at = peer.text.length;
  const burst = (index: number) => buildPublish(nodes[index % devices]!, message('x')).replace(/\bid='[^']*'/, `id='burst-${index}'`);
  peer.write(Array.from({ length: publishes }, (_, index) => burst(index)).join(''));
  await peer.until(() => resultsIn(peer.text.slice(at)).length >= enough, 'the first answers');
  await first.kill();
  await peer.untilClosed();
  const acknowledged = resultsIn(peer.text.slice(at));
  assert.ok(acknowledged.length < publishes, 'it was killed before the burst was over');
  assert.deepEqual(readAccepted(folder), []);

  rmSync(downFile(folder));
  const second = await startReveille(config);
  const wanted = new Set(acknowledged.map((id) => `${Number(id.split('-')[1]) % devices}`));
  await waitFor('everything acknowledged', () => {
    const accepted = new Set(readAccepted(folder));
    return [...wanted].every((token) => accepted.has(token));
  });
  assert.equal(await second.stop(), 0);
});

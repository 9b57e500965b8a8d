import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { anna, apns, nodeOf, registerRequest } from '../../helpers/app.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { layUsedDatabase } from '../../helpers/database/used-database.ts';
import { startXmppServer } from '../../helpers/xmpp-server.ts';
import type { XmppServer } from '../../helpers/xmpp-server.ts';
import { startReveille } from '../../servers/reveille.ts';
import type { ReveilleProcess } from '../../servers/reveille.ts';
import { waitFor } from '../../helpers/wait-for.ts';

let folder: string;
let server: XmppServer;
let file: string;
let reveille: ReveilleProcess | undefined;

before(async () => {
  folder = await createTestFolder();
  server = await startXmppServer();
  await layUsedDatabase(join(folder, 'data'));
  file = join(folder, 'reveille.toml');
  const provider = new URL('../../helpers/scripted-provider.ts', import.meta.url).pathname;
  await writeFile(
    file,
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = "${server.secret}"\n` +
      `[database]\ndata-dir = "data"\n[http]\nlisten = "127.0.0.1:0"\n[providers."${apns}"]\nuse = "${provider}"\n`,
  );
});
afterEach(() => reveille?.kill());
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function publish(node: string, id: string): string {
  return `<iq type='set' id='${id}' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`;
}

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const http = reveille!.lines.find(({ event }) => event === 'ready')!['http'] as string;
  const response = await fetch(`http://${http}${path}`);
  return {
    status: response.status,
    body: response.headers.get('content-type')?.includes('json') === true ? await response.json() : undefined,
  };
}

describe('reveille serve', () => {
  test('on SIGTERM answers what is under way, ends the stream and exits with 0', async () => {
    reveille = await startReveille(file);
    const peer = await server.online(1);
    const node = nodeOf(await peer.ask(registerRequest(anna, apns, 'slow-1')));
    peer.write(publish(node, 'under-way'));
    await peer.ask(`<iq type='get' id='behind' from='example.net' to='push.test'><ping xmlns='urn:xmpp:ping'/></iq>`);
    const stopped = reveille.stop();
    assert.match((await peer.answerTo('under-way')).toString(), /type="result"/);
    assert.equal(await stopped, 0);
    assert.ok(peer.hasEnded, 'the stream was closed properly');
  });

  test('says over HTTP that it lives and whether it is ready', async () => {
    reveille = await startReveille(file);
    assert.deepEqual(await get('/healthz'), { status: 200, body: { status: 'ok' } });
    const ready = { status: 'ready', component: 'ok', database: 'ok', providers: { [apns]: 'ok' } };
    assert.deepEqual(await get('/readyz'), { status: 200, body: ready });
    assert.equal((await get('/elsewhere')).status, 404);
    assert.match(await getText('/metrics'), /^reveille_component_up 1$/m);
    const peer = server.peers.at(-1)!;
    await server.close();
    await peer.untilClosed();
    const unready = await waitFor('readyz to answer 503', async () => {
      const answer = await get('/readyz');
      return answer.status === 503 ? answer : undefined;
    });
    assert.notEqual((unready.body as { component: string }).component, 'ok');
    server = await startXmppServer({ port: Number(/127\.0\.0\.1:(\d+)/.exec(await configText())![1]) });
    await waitFor('readyz to answer 200', async () => ((await get('/readyz')).status === 200 ? true : undefined));
    assert.equal(await reveille.stop(), 0);
  });

  test('keeps registrations over a restart', async () => {
    reveille = await startReveille(file);
    const node = nodeOf(await server.peers.at(-1)!.ask(registerRequest(anna, apns, 'accept-kept')));
    assert.equal(await reveille.stop(), 0);
    reveille = await startReveille(file);
    assert.match(await server.peers.at(-1)!.ask(publish(node, 'kept')), /type="result"/);
    assert.equal(await reveille.stop(), 0);
  });
});

async function getText(path: string): Promise<string> {
  const http = reveille!.lines.find(({ event }) => event === 'ready')!['http'] as string;
  return (await fetch(`http://${http}${path}`)).text();
}

async function configText(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(file, 'utf8');
}

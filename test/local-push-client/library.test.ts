import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleLocalPush } from '../../scripts/bundle-local-push.ts';
import { buildPush } from './scene.ts';
import { node, ScriptedServer, secret } from './scripted-server.ts';

type Library = typeof import('../../src/local-push-client/local-push.ts');

test('the library is one file that needs no other, and Node receives with it', async () => {
  const text = bundleLocalPush();
  assert.doesNotMatch(text, /^\s*import\b|\brequire\(|\bprocess\.|node:/m);
  const { connectLocalPush } = (await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)) as Library;
  const server = await new ScriptedServer().listen();
  const shown: string[] = [];
  const line = connectLocalPush({ url: server.url.replace('http', 'ws'), node, secret, onPush: ({ id }) => shown.push(id) });
  try {
    const peer = await server.peer(1);
    await peer.welcome();
    peer.send(buildPush('p1'));
    await peer.message('ack');
    assert.deepEqual(shown, ['p1']);
  } finally {
    line.close();
    await server.close();
  }
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createFolder } from '../../config/folder.ts';
import { startXmppServer, type XmppServer } from '../../helpers/xmpp-server.ts';
import { listFiles, sitAt } from './calling.ts';

const secret = 'typed-secret';
let server: XmppServer;
before(async () => void (server = await startXmppServer({ secret })));
after(() => server.close());

test('a person is asked again where an answer is wrong, the secret is not shown, and Enter takes the default', async () => {
  const folder = createFolder({});
  const person = sitAt(folder, []);
  await person.sees('Number or name [prosody]');
  person.types('prosdy\r');
  await person.sees('did you mean prosody?');
  person.types('\r');
  await person.sees('[127.0.0.1:5347]');
  person.types(`127.0.0.1:${server.port}\r`);
  await person.sees('ok: connection: connected');
  await person.sees('Which one?');
  person.types('push.chat.test\r');
  await person.sees('make a new one)');
  person.types('wrong-secret\r');
  await person.sees('failed: component: not-authorized');
  await person.sees('reveille.prosody.cfg.lua holds what Prosody needs');
  await person.sees('g: go on all the same.');
  person.types('c\r');
  await person.sees('make a new one)');
  person.types(`${secret}\r`);
  await person.sees('ok: component: the server knows the domain');
  await person.sees('apns, fcm, log');
  person.types('3\r');
  await person.sees('[trial]');
  person.types('\r');
  await person.sees('doctor --config reveille.toml');
  assert.equal(await person.ended(), 0);
  assert.doesNotMatch(person.screen(), /typed-secret|wrong-secret/);
  assert.equal(readFileSync(join(folder, 'reveille.secrets/component-secret'), 'utf8'), secret);
  assert.match(readFileSync(join(folder, 'reveille.prosody.cfg.lua'), 'utf8'), new RegExp(`component_secret = "${secret}"`));
});

test('a new secret goes into the snippet first, and is tried when the server has it', async (context) => {
  const folder = createFolder({});
  const person = sitAt(folder, ['--address', '127.0.0.1:1', '--server', 'prosody', '--jid', 'push.chat.test', '--app', 'log']);
  await person.sees('failed: connection: refused');
  await person.sees('g: go on all the same.');
  person.types('c\r');
  await person.sees('Number or name');
  const late = await startXmppServer({ secret: 'not yet known' });
  context.after(() => late.close());
  person.types(`prosody\r127.0.0.1:${late.port}\r`);
  await person.sees('make a new one)');
  person.types('\r');
  await person.sees('Enter: the server has it, try it.');
  const made = readFileSync(join(folder, 'reveille.secrets/component-secret'), 'utf8');
  assert.deepEqual(Object.keys(listFiles(folder)), ['reveille.prosody.cfg.lua', 'reveille.secrets/component-secret']);
  const { port } = late;
  await late.close();
  const configured = await startXmppServer({ secret: made, port });
  context.after(() => configured.close());
  person.types('\r');
  await person.sees('ok: component: the server knows the domain');
  await person.sees('[trial]');
  person.types('\r');
  assert.equal(await person.ended(), 0);
  assert.ok(!person.screen().includes(made));
});

test('Ctrl-C leaves nothing behind', async () => {
  const folder = createFolder({});
  const person = sitAt(folder, ['--offline', '--server', 'prosody', '--address', '127.0.0.1:1']);
  await person.sees('Which one?');
  person.types('push.chat.test\r');
  await person.sees('make a new one)');
  person.types('half\u0003');
  assert.equal(await person.ended(), 130);
  assert.match(person.screen(), /reveille init: interrupted; nothing was written/);
  assert.doesNotMatch(person.screen(), /half/);
  assert.deepEqual(listFiles(folder), {});
});

test('Ctrl-C while the server is silent ends it at once, with nothing behind', async (context) => {
  const silent = await startXmppServer({ play: 'script' });
  context.after(() => silent.close());
  const folder = createFolder({});
  const person = sitAt(folder, ['--server', 'prosody', '--address', `127.0.0.1:${silent.port}`, '--jid', 'push.chat.test']);
  await person.sees('make a new one)');
  person.types('a-secret\r');
  await person.sees('Reveille attaches');
  await silent.peer(2); // the first one only looked whether the port is open
  person.types('\u0003');
  assert.equal(await person.ended(), 130);
  assert.match(person.screen(), /reveille init: interrupted; nothing was written/);
  assert.deepEqual(listFiles(folder), {});
});

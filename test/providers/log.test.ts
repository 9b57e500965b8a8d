import assert from 'node:assert/strict';
import test from 'node:test';
import create, { options } from '../../providers/log/index.ts';
import { options as apnsOptions } from '../../providers/apns/index.ts';
import { buildPush, captureTools, never } from './kit.ts';

test('the log provider accepts a push and shows six characters of the token, no sender and no body', async () => {
  const captured = captureTools('/');
  const provider = create({}, captured.tools);
  const push = buildPush({ messageCount: 1, sender: 'ben@example.org', body: 'hush' });
  assert.deepEqual(await provider.push(push, never), { kind: 'accepted', id: push.id });
  assert.deepEqual(JSON.parse(captured.text()), {
    level: 'info',
    event: 'push',
    id: push.id,
    token: push.token.slice(0, 6),
    fields: ['messageCount', 'sender', 'body'],
  });
  await provider.close();
});

test('an option it does not know is refused by name', () => {
  assert.throws(() => create({ colour: 'red' }, captureTools('/').tools), /colour/);
});

test('every option of the built-in providers is described', () => {
  for (const [key, schema] of [...Object.entries(options.shape), ...Object.entries(apnsOptions.shape)]) assert.ok(schema.description, key);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSnippet } from '../../../src/cli/init/files/snippet.ts';
import { serverKinds } from '../../../src/cli/init/server-kinds.ts';

for (const kind of serverKinds) {
  test(`nothing of the sample is left in the snippet for ${kind.title}`, () => {
    const server = { kind, address: '127.0.0.1:6001' };
    const text = buildSnippet({ server, jid: 'pusher.example.org.test', secret: 'the secret' });
    assert.doesNotMatch(text, /change me|push\.example\.org|"push"/);
    assert.ok(text.includes('the secret'));
    assert.ok(text.includes('6001'));
    assert.ok(text.includes('pusher'));
    assert.equal(text.includes(String(kind.port)), false);
  });
}

test('a secret with quotes is written as each language has it', () => {
  const secret = String.raw`a"b'c\d`;
  const snippet = (name: string) =>
    buildSnippet({ server: { kind: serverKinds.find((kind) => kind.name === name)!, address: '10.0.0.7:1' }, jid: 'p.x', secret });
  assert.match(snippet('prosody'), /component_secret = "a\\"b'c\\\\d"/);
  assert.match(snippet('mongooseim'), /password = "a\\"b'c\\\\d"/);
  assert.match(snippet('ejabberd'), /password: 'a"b''c\\d'/);
  assert.match(snippet('prosody'), /component_interfaces = \{ "10\.0\.0\.7" \}/);
});

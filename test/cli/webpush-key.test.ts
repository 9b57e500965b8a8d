import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseVapidKey } from '../../providers/webpush/vapid/vapid-key.ts';
import { createFolder } from '../config/folder.ts';
import { reveille } from './reveille.ts';

test('webpush-key makes a key that the provider takes, shows its public half, and never overwrites one', async () => {
  const folder = createFolder({ 'note.txt': 'not a key' });
  const path = join(folder, 'vapid.pem');
  const made = await reveille(['webpush-key', '--to', path]);
  assert.deepEqual([made.exitCode, made.err], [0, '']);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const pem = readFileSync(path);
  const { publicKey } = parseVapidKey(pem);
  assert.ok(made.out.includes(publicKey), made.out);
  assert.ok(!made.out.includes(pem.toString().split('\n')[1]!), 'the private key is shown');
  const again = await reveille(['webpush-key', '--to', path]);
  assert.equal(again.exitCode, 2);
  assert.match(again.err, /is not overwritten/);
  assert.deepEqual(readFileSync(path), pem);
  const shown = await reveille(['webpush-key', '--from', path]);
  assert.equal(shown.out, `Public key for apps (applicationServerKey): ${publicKey}\n`);
  const none = await reveille(['webpush-key', '--from', join(folder, 'note.txt')]);
  assert.deepEqual([none.exitCode, /holds no private key/.test(none.err), none.err.includes('not a key')], [2, true, false]);
});

test('a key as web-push from npm prints it is the same key', () => {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  const json = JSON.stringify({ publicKey: pair.getPublicKey('base64url'), privateKey: pair.getPrivateKey('base64url') });
  assert.equal(parseVapidKey(Buffer.from(json)).publicKey, pair.getPublicKey('base64url'));
});

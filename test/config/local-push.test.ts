import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadText, mistakesOf } from './read.ts';

const rest = '[component]\njid = "push.example.org"\nserver = "127.0.0.1:5347"\nsecret = "pass the word"\n[providers.one]\nuse = "log"\n';
const table = (lines: string) => `${rest}[local-push]\n${lines}\n`;

test('without its table local push is off', () => {
  assert.equal(loadText(rest).localPush, undefined);
});

test('the providers alone are enough', () => {
  assert.deepEqual(loadText(table('providers = ["one"]')).localPush, {
    providers: ['one'],
    keepAliveMs: 120_000,
    answerWithinMs: 3_000,
    maxConnections: 20_000,
    connectionsPerAddress: 1_000,
  });
});

test('a provider that there is not is named, with those that there are', () => {
  assert.match(
    mistakesOf(table('providers = ["one", "two"]')).join('\n'),
    /local-push\.providers.*expected a provider id of this configuration \(one\)/,
  );
});

test('no provider, an unknown key and a time out of bounds are mistakes', () => {
  assert.match(mistakesOf(table('providers = []')).join('\n'), /at least one provider id/);
  assert.match(mistakesOf(table('')).join('\n'), /local-push\.providers/);
  assert.match(mistakesOf(table('providers = ["one"]\nkeepalive = "1s"')).join('\n'), /keep-alive/);
  assert.match(mistakesOf(table('providers = ["one"]\nanswer-within = "1h"')).join('\n'), /from "100ms" to "10s"/);
});

test('a port of its own has a certificate, or a reverse proxy before it', () => {
  const { own } =
    loadText(table('providers = ["one"]\nlisten = "0.0.0.0:5283"\ncert-file = "/etc/a.pem"\nkey-file = "/etc/b.pem"')).localPush ?? {};
  assert.deepEqual(own?.listen, { host: '0.0.0.0', port: 5283 });
  assert.equal(own.certificate?.certFile, '/etc/a.pem');
  assert.equal(own.certificate.keyFile, '/etc/b.pem');
  assert.equal(JSON.stringify(own).includes('/etc/b.pem'), false);
  const plain = loadText(table('providers = ["one"]\nlisten = "127.0.0.1:5283"')).localPush;
  assert.deepEqual(plain?.own, { listen: { host: '127.0.0.1', port: 5283 }, certificate: undefined });
});

test('a certificate without its key, a key without its certificate and a certificate without a port are mistakes', () => {
  const mistakes = (lines: string) => mistakesOf(table(`providers = ["one"]\n${lines}`)).join('\n');
  assert.match(mistakes('listen = "0.0.0.0:5283"\ncert-file = "a.pem"'), /local-push\.key-file.*cert-file needs its private key/);
  assert.match(mistakes('listen = "0.0.0.0:5283"\nkey-file = "a.pem"'), /local-push\.cert-file.*of no use without a certificate/);
  assert.match(mistakes('cert-file = "a.pem"\nkey-file = "b.pem"'), /local-push\.listen.*cert-file is for it/);
});

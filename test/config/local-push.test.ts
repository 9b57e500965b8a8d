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

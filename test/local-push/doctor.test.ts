import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examineLocalPush } from '../../src/doctor/local-push.ts';

const localPush = { providers: ['a', 'b'], keepAliveMs: 1, answerWithinMs: 1, maxConnections: 20_000, connectionsPerAddress: 1 };

test('doctor says who may connect, where the system lets as many connect', () => {
  for (const openFiles of [undefined, 1_048_576]) {
    const { verdict, found } = examineLocalPush({ localPush }, () => openFiles);
    assert.deepEqual([verdict, found], ['ok', 'devices of a, b; 20000 connections at most']);
  }
});

test('doctor warns where the system lets fewer files be open than connections may be, and says what to raise', () => {
  const step = examineLocalPush({ localPush }, () => 1_024);
  assert.equal(step.verdict, 'warning');
  assert.match(step.found, /no more than 1024 open files/);
  assert.match(String('advice' in step && step.advice), /LimitNOFILE.*max-connections/);
});

test('doctor says that it is off', () => {
  assert.equal(examineLocalPush({}).found, 'off');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examineDialects } from '../../src/doctor/dialects.ts';

test('doctor says where Push 2.0 relays to, and that it is an experiment', () => {
  const { verdict, found } = examineDialects({ dialects: { push2: { allowHosts: ['push.example', '*.relay.example'] } }, providers: [] });
  assert.deepEqual([verdict, found], ['ok', 'push2 (experimental): relays to push.example, *.relay.example']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviseOn } from '../../../providers/fcm/diagnose/refusal.ts';

test('a reason of a push has the advice that doctor would give, where Google gave it', () => {
  assert.match(adviseOn('403 PERMISSION_DENIED', 'shop') ?? '', /^give it the role "Firebase Cloud Messaging API Admin"/);
  assert.match(adviseOn('Google refuses our pushes: 401 UNAUTHENTICATED Request had invalid …', 'shop') ?? '', /take a new key file/);
  assert.equal(adviseOn('503 UNAVAILABLE', 'shop'), 'try again later');
  for (const reason of ['404 UNREGISTERED', 'no connection: ECONNREFUSED', 'in doubt: reset', ''])
    assert.equal(adviseOn(reason, 'shop'), undefined);
});

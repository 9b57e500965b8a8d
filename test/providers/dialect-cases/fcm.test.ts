import assert from 'node:assert/strict';
import test from 'node:test';
import { createFcmStage, randomRegistrationToken } from '../fcm/stage.ts';
import { never } from '../kit.ts';
import { buildCasePush, readCases } from './cases.ts';

test('an app of another app server gets from FCM what that one sent, and nothing else', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  for (const [name, golden] of Object.entries(readCases('fcm')))
    await context.test(`${name}: ${golden.why}`, async () => {
      const token = randomRegistrationToken();
      const outcome = await create(golden.options).push(buildCasePush(golden, token), never);
      assert.equal(outcome.kind, 'accepted');
      const [arrived] = sandbox.pushes.filter((push) => push.token === token);
      const { token: addressed, android, ...rest } = arrived!.message as { token: string; android: Record<string, string> };
      const { ttl, ...manner } = android;
      assert.equal(addressed, token);
      assert.match(ttl!, /^\d+s$/);
      assert.deepEqual({ android: manner, ...rest }, golden.expected);
    });
});

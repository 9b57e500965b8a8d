import assert from 'node:assert/strict';
import test from 'node:test';
import { createStage, topic } from '../apns/stage.ts';
import { never, randomToken } from '../kit.ts';
import { buildCasePush, readCases } from './cases.ts';

test('an app of another app server gets from APNs what that one sent, and nothing else', async (context) => {
  const { sandbox, create } = await createStage(context);
  for (const [name, golden] of Object.entries(readCases('apns')))
    await context.test(`${name}: ${golden.why}`, async () => {
      const token = randomToken();
      const outcome = await create('token', golden.options).push(buildCasePush(golden, token), never);
      assert.equal(outcome.kind, 'accepted');
      const { headers, payload } = sandbox.pushes.find((push) => push.token === token)!;
      assert.equal(headers['apns-topic'], topic);
      assert.equal(headers['apns-collapse-id'], undefined);
      const { 'apns-push-type': type, 'apns-priority': priority } = headers;
      assert.deepEqual({ type, priority, payload }, golden.expected);
    });
});

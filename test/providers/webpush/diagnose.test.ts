import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVapidKey } from '../../../providers/webpush/vapid/vapid-key.ts';
import { never } from '../kit.ts';
import { createStage, vapidPem } from './stage.ts';

const { publicKey } = parseVapidKey(Buffer.from(vapidPem));

test('doctor is told the public key, and that there is nothing to try where no host is named', async (context) => {
  const findings = await createStage(context).create().diagnose(never);
  assert.deepEqual(
    findings.map(({ step, verdict }) => [step, verdict]),
    [
      ['VAPID key', 'ok'],
      ['push services', 'ok'],
    ],
  );
  assert.ok(findings[0]?.found.includes(publicKey));
});

test('doctor is told of a named host whose name leads nowhere it may go', async (context) => {
  const resolvers = { public: async () => [{ address: '10.0.0.1', family: 4 }], system: async () => [] };
  const provider = createStage(context).create({ 'allow-hosts': ['push.example', '*.ntfy.example', '9.9.9.9/32'] }, resolvers);
  const findings = await provider.diagnose(never);
  assert.deepEqual(
    findings.map(({ step, verdict }) => [step, verdict]),
    [
      ['VAPID key', 'ok'],
      ['DNS', 'failed'],
    ],
  );
  assert.match(findings[1]?.found ?? '', /private, local or reserved/);
});

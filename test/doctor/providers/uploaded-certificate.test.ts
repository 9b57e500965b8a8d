import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { createLog } from '../../../src/log/log.ts';
import { buildContent } from '../../../src/push/credentials/stored-upload.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import { createTestDatabase } from '../../helpers/database/postgres.ts';
import { createScene } from '../scene.ts';
import { authority, certificatePassword, startServices, topic } from '../services.ts';

const key = randomBytes(32);

test('a certificate that an administrator uploaded is tried as one of the configuration is', async (context) => {
  const { parts, apns } = await startServices(context);
  const database = await createTestDatabase();
  context.after(() => database.close());
  const scene = createScene(context, {
    files: parts.files!,
    database: `url = "${database.url}"\nkey = "${key.toString('base64')}"`,
    providers: `[providers.apns]\nuse = "apns"\napns-topic = "${topic}"\nendpoint = "${apns.origin}"\nca-file = "ca.pem"\nproxy = []\n`,
  });
  const credentials = async () =>
    (await scene.examine()).steps.filter(({ title }) => /^provider apns: (certificate|clock|credentials)/.test(title));
  const registry = await openRegistry({ url: database.url, dataDir: scene.folder, key, devicesPerOwner: 25 }, createLog('silent'));
  context.after(() => registry.close());
  const before = await credentials();
  assert.deepEqual([before[0]?.title, before[0]?.verdict], ['provider apns: certificate', 'warning']);

  const certificate = authority.issueClient([topic]).p12(certificatePassword);
  await registry.credentials.keep('apns', buildContent({ certificate, password: certificatePassword }));
  const after = await credentials();
  assert.deepEqual(
    after.map(({ title, verdict }) => [title, verdict]),
    [
      ['provider apns: certificate', 'ok'],
      ['provider apns: clock', 'ok'],
      ['provider apns: credentials', 'ok'],
    ],
  );
});

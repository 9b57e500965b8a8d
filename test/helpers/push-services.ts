import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProviderConfig } from '../../src/config/config.ts';
import { createSandboxApns, type SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey } from '../../src/sandbox/authority.ts';
import { createSandboxFcm, type SandboxFcm } from '../../src/sandbox/fcm/sandbox-fcm.ts';
import { apns, fcm } from './app.ts';
import { createTestFolder } from './database/postgres.ts';

/** Both sandboxes, and the real providers configured for them. */
export interface PushServices {
  readonly apple: SandboxApns;
  readonly google: SandboxFcm;
  readonly providers: readonly ProviderConfig[];
  close(): Promise<void>;
}

const topic = 'org.example.app';

export async function startPushServices(): Promise<PushServices> {
  const folder = await createTestFolder();
  const authority = buildAuthority();
  const key = buildSigningKey();
  const apple = await createSandboxApns({ authority, topics: [topic], keys: [key] });
  const google = await createSandboxFcm({ authority });
  const place = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const ca = place('ca.pem', authority.ca);
  const keyFile = place('key.p8', key.p8);
  const account = place('service-account.json', JSON.stringify(google.issueServiceAccount()));
  const network = { 'ca-file': ca, proxy: [] };
  const byKey = { 'apns-topic': topic, 'key-file': keyFile, 'key-id': key.keyId, 'team-id': key.teamId };
  return {
    apple,
    google,
    providers: [
      { id: apns, use: 'apns', options: { ...network, ...byKey, endpoint: apple.origin } },
      { id: fcm, use: 'fcm', options: { ...network, 'service-account-file': account, endpoint: google.origin } },
    ],
    close: async () => {
      await Promise.all([apple.close(), google.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

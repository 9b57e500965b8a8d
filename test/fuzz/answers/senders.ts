import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../../src/log/log.ts';
import { loadProvider } from '../../../src/push/loading/load-providers.ts';
import type { ProviderGuard } from '../../../src/push/guard/provider-guard.ts';
import { buildSigningKey } from '../../../src/sandbox/authority.ts';
import { authority } from './service.ts';

/** A folder with credentials, and providers that use them behind their guard. */
export interface Senders {
  /** `number` becomes part of the service account's name, by which the token endpoint knows whom it talks to. */
  open(service: 'apns' | 'fcm', origin: string, number: string): Promise<Sender>;
  close(): void;
}

export interface Sender {
  readonly provider: ProviderGuard;
  /** The lines of its log so far. */
  readonly log: string[];
}

export function createSenders(): Senders {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-fuzz-'));
  const signingKey = buildSigningKey();
  const accountKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  writeFileSync(join(folder, 'key.p8'), signingKey.p8);
  const apns = { 'apns-topic': 'org.example.app', 'key-file': 'key.p8', 'key-id': signingKey.keyId, 'team-id': signingKey.teamId };
  return {
    async open(service, origin, number) {
      const account = `account-${number}.json`;
      if (service === 'fcm') writeFileSync(join(folder, account), JSON.stringify(buildAccount(accountKey, origin, number)));
      const options = {
        ...(service === 'apns' ? apns : { 'service-account-file': account }),
        'ca-file': 'ca.pem',
        endpoint: origin,
        proxy: [],
      };
      const log: string[] = [];
      const provider = await loadProvider(
        { id: service, use: service, options },
        join(folder, 'reveille.toml'),
        createLog('debug', { write: (line: string) => log.push(line) }),
      );
      return { provider, log };
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

function buildAccount(key: string, origin: string, number: string): Readonly<Record<string, string>> {
  return {
    type: 'service_account',
    project_id: 'example-app',
    private_key_id: '0123456789abcdef',
    private_key: key,
    client_email: `fuzz-${number}-@example-app.iam.gserviceaccount.com`,
    token_uri: `${origin}/token`,
  };
}

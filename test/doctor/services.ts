import type { TestContext } from 'node:test';
import { createSandboxApns, type SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import { createSandboxFcm, type SandboxFcm } from '../../src/sandbox/fcm/sandbox-fcm.ts';
import type { SceneParts } from './scene.ts';

export const topic = 'org.example.app';
export const authority = buildAuthority();
const client = authority.issueClient([topic]);
export const certificatePassword = 'the-p12-password';

export interface Services {
  readonly apns: SandboxApns;
  readonly fcm: SandboxFcm;
  readonly parts: SceneParts;
  /** What must never be printed. */
  readonly secrets: readonly string[];
}

/** Sandboxes of both services, and providers that push to them. */
export async function startServices(context: TestContext, more: { readonly apns?: string; readonly p12?: Buffer } = {}): Promise<Services> {
  const apns = await createSandboxApns({ authority });
  const fcm = await createSandboxFcm({ authority });
  context.after(() => Promise.all([apns.close(), fcm.close()]));
  const account = fcm.issueServiceAccount();
  const apnsTable = [
    'use = "apns"',
    `endpoint = "${apns.origin}"`,
    'ca-file = "ca.pem"',
    'cert-file = "apns.p12"',
    `cert-password = "${certificatePassword}"`,
  ];
  const fcmTable = [
    'use = "fcm"',
    `endpoint = "${fcm.origin}"`,
    'ca-file = "ca.pem"',
    'service-account-file = "account.json"',
    'sender-id = "1234567890"',
  ];
  return {
    apns,
    fcm,
    parts: {
      providers: [`[providers.apns]`, ...apnsTable, more.apns ?? '', '[providers.fcm]', ...fcmTable].join('\n'),
      files: { 'ca.pem': authority.ca, 'apns.p12': more.p12 ?? client.p12(certificatePassword), 'account.json': JSON.stringify(account) },
    },
    secrets: [certificatePassword, ...account.private_key.split('\n').slice(1, 4)],
  };
}

import { randomBytes } from 'node:crypto';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import { createSandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import { createSandboxFcm } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { writeInto } from '../../providers/kit.ts';

const topic = 'org.example.app';
/** Pushes that the sandboxes remember; nobody looks at them. */
const kept = 10;

/** Provider ids. Nothing that is fed names `kept`, so nothing may touch its devices. */
export const providers = ['apns', 'fcm', 'log', 'kept'] as const;
export type ProviderId = (typeof providers)[number];

/** Push services that check like the real ones. */
export interface Services {
  /** Their tables in the configuration, and one of a provider whose certificate is set by command. */
  readonly tables: string;
  close(): Promise<void>;
}

/** Their files go into the folder. Whoever starts them closes them. */
export async function startServices(folder: string): Promise<Services> {
  const authority = buildAuthority();
  const apns = await createSandboxApns({ authority, topics: [topic], keep: kept });
  const fcm = await createSandboxFcm({ authority, keep: kept });
  writeInto(folder, {
    'ca.pem': authority.ca,
    'apns.p12': authority.issueClient([topic, `${topic}.voip`]).p12('password'),
    'account.json': JSON.stringify(fcm.issueServiceAccount()),
  });
  const endpoint = (origin: string) => `endpoint = "${origin}"\nca-file = "ca.pem"\n`;
  const tables = [
    `[providers.apns]\nuse = "apns"\ncert-file = "apns.p12"\ncert-password = "password"\n${endpoint(apns.origin)}`,
    `[providers.uploaded]\nuse = "apns"\napns-topic = "${topic}"\n${endpoint(apns.origin)}`,
    `[providers.fcm]\nuse = "fcm"\nservice-account-file = "account.json"\n${endpoint(fcm.origin)}`,
    `[providers.log]\nuse = "log"\nlevel = "debug"\n`,
    `[providers.kept]\nuse = "log"\nlevel = "debug"\n`,
  ];
  return { tables: tables.join(''), close: () => Promise.all([apns.close(), fcm.close()]).then(() => undefined) };
}

export function buildToken(provider: ProviderId): string {
  return provider === 'fcm' ? buildRegistrationToken() : randomBytes(32).toString('hex');
}

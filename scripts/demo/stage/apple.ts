import { randomBytes } from 'node:crypto';
import { createSandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import type { SandboxPush } from '../../../src/sandbox/apns/journal.ts';
import type { Misbehaviour } from '../../../src/sandbox/apns/misbehaviour.ts';
import type { Authority } from '../../../src/sandbox/authority.ts';
import { app, type Arrival, authorityFile, type Condition, type PushService, slowMs } from './push-service.ts';

const provider = 'tigase:messenger:apns:1';
const certificatePassword = 'battery staple';

/** Apple's part has given the app's maker a certificate. */
export interface Apple extends PushService {
  /** As exported from a keychain; an administrator's secret until Reveille has it. */
  readonly certificate: { readonly p12: Buffer; readonly password: string };
}

/** Settles when it listens. */
export async function startApple(authority: Authority): Promise<Apple> {
  const apns = await createSandboxApns({ authority, topics: [app] });
  return {
    name: 'APNs',
    origin: apns.origin,
    provider,
    certificate: { p12: authority.issueClient([app]).p12(certificatePassword), password: certificatePassword },
    table: buildTable(apns.origin),
    buildToken: () => randomBytes(32).toString('hex'),
    pushesTo: (token) => apns.pushes.filter((push) => push.token === token).map(readArrival),
    refuseAll: () => apns.misbehave({ kind: 'answer', status: 400, reason: 'TopicDisallowed' }, { times: Infinity }),
    become(condition) {
      apns.behave();
      const told = misbehaviours[condition];
      if (told !== undefined) apns.misbehave(told, { times: Infinity });
    },
    removeApp: (token) => apns.expire(token),
    close: () => apns.close(),
  };
}

const misbehaviours: Readonly<Record<Condition, Misbehaviour | undefined>> = {
  down: { kind: 'disconnect', how: 'rst' },
  slow: { kind: 'delay', ms: slowMs },
  refusing: { kind: 'answer', status: 403, reason: 'BadCertificate' },
  fine: undefined,
};

const buildTable = (origin: string): string => `
[providers."${provider}"]
use = "apns"
apns-topic = "${app}"
endpoint = "${origin}"
ca-file = "${authorityFile}"
`;

function readArrival({ payload, topic, pushType, priority, expiration }: SandboxPush): Arrival {
  return {
    account: payload['account'],
    body: payload['body'],
    manner: { 'apns-topic': topic, 'apns-push-type': pushType, 'apns-priority': priority, 'apns-expiration': expiration },
    payload,
  };
}

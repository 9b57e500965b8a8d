import { randomBytes } from 'node:crypto';
import { createSandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import type { SandboxPush } from '../../src/sandbox/apns/journal.ts';
import type { Authority } from '../../src/sandbox/authority.ts';
import { app, type Arrival, authorityFile, type PushService, writePrivately } from './push-service.ts';

const provider = 'tigase:messenger:apns:1';
const certificateFile = 'apns.p12';
const certificatePassword = 'demo';

/** Apple's part, with the app's certificate in the folder. Settles when it listens. */
export async function startApple(folder: string, authority: Authority): Promise<PushService> {
  const apns = await createSandboxApns({ authority, topics: [app] });
  writePrivately(folder, certificateFile, authority.issueClient([app]).p12(certificatePassword));
  return {
    name: 'APNs',
    origin: apns.origin,
    provider,
    table: buildTable(apns.origin),
    buildToken: () => randomBytes(32).toString('hex'),
    pushesTo: (token) => apns.pushes.filter((push) => push.token === token).map(readArrival),
    refuseAll: () => apns.misbehave({ kind: 'answer', status: 400, reason: 'TopicDisallowed' }, { times: Infinity }),
    close: () => apns.close(),
  };
}

const buildTable = (origin: string): string => `
[providers."${provider}"]
use = "apns"
apns-topic = "${app}"
cert-file = "${certificateFile}"
cert-password = "${certificatePassword}"
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

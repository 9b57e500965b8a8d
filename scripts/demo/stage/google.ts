import type { Authority } from '../../../src/sandbox/authority.ts';
import type { FcmMisbehaviour } from '../../../src/sandbox/fcm/misbehaviour.ts';
import { buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import { createSandboxFcm, type SandboxFcmAnswer, type SandboxFcmPush } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { type Arrival, authorityFile, type Condition, type PushService, slowMs, writePrivately } from './push-service.ts';

const provider = 'fcm-xmpp-api';
const accountFile = 'service-account.json';

/** Google's part also remembers what it said. */
export interface Google extends PushService {
  /** What was last said to a push for this token, as in `404 UNREGISTERED`. */
  lastAnswerTo(token: string): string | undefined;
}

/** Google's part, with the project's service account in the folder. Settles when it listens. */
export async function startGoogle(folder: string, authority: Authority): Promise<Google> {
  const answers: SandboxFcmAnswer[] = [];
  const fcm = await createSandboxFcm({ authority, onAnswer: (answer) => void answers.push(answer) });
  writePrivately(folder, accountFile, JSON.stringify(fcm.issueServiceAccount(), undefined, 2));
  return {
    name: 'FCM',
    origin: fcm.origin,
    provider,
    table: buildTable(fcm.origin),
    buildToken: buildRegistrationToken,
    pushesTo: (token) => fcm.pushes.filter((push) => push.token === token).map(readArrival),
    removeApp: (token) => fcm.unregister(token),
    lastAnswerTo: (token) => describe(answers.findLast((answer) => answer.token === token)),
    refuseAll: () => fcm.misbehave({ kind: 'answer', status: 401, errorCode: 'THIRD_PARTY_AUTH_ERROR' }, { times: Infinity }),
    become(condition) {
      fcm.behave();
      const told = misbehaviours[condition];
      if (told !== undefined) fcm.misbehave(told, { times: Infinity });
    },
    close: () => fcm.close(),
  };
}

const misbehaviours: Readonly<Record<Condition, FcmMisbehaviour | undefined>> = {
  down: { kind: 'disconnect', how: 'rst' },
  slow: { kind: 'delay', ms: slowMs },
  refusing: { kind: 'answer', status: 401, errorCode: 'THIRD_PARTY_AUTH_ERROR' },
  fine: undefined,
};

const buildTable = (origin: string): string => `
[providers."${provider}"]
use = "fcm"
service-account-file = "${accountFile}"
endpoint = "${origin}"
ca-file = "${authorityFile}"
`;

function readArrival({ data, priority, ttl, collapseKey }: SandboxFcmPush): Arrival {
  return { account: data['account'], body: data['body'], manner: { priority, ttl, collapse_key: collapseKey }, payload: { data } };
}

function describe(answer: SandboxFcmAnswer | undefined): string | undefined {
  return answer && `${answer.status} ${answer.reason ?? ''}`.trim();
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authority } from '../../../src/sandbox/authority.ts';
import { buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import { createSandboxFcm } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import type { Service } from './service.ts';

/** Who is told of each push need not find it again. */
const keep = 1;
/** An FCM. Whoever starts it closes it. */
export async function startFcm(folder: string, authority: Authority, onAccepted: (sender: unknown) => void): Promise<Service> {
  const fcm = await createSandboxFcm({
    authority,
    keep,
    onAnswer: ({ status, data, isValidateOnly }) => {
      if (status === 200 && !isValidateOnly) onAccepted(data['sender']);
    },
  });
  writeFileSync(join(folder, 'service-account.json'), JSON.stringify(fcm.issueServiceAccount()));
  const provider = 'fcm-xmpp-api';
  return {
    provider,
    table: `[providers."${provider}"]\nuse = "fcm"\nservice-account-file = "service-account.json"\nendpoint = "${fcm.origin}"\nca-file = "ca.pem"\n`,
    buildToken: buildRegistrationToken,
    end: (token) => fcm.unregister(token),
    misbehave: (told) => fcm.misbehave(told),
    leave(manner) {
      if (manner === 'refused') throw new Error('only APNs can be refused');
      else if (manner === 'silent') fcm.misbehave({ kind: 'silence' }, { times: Infinity });
      else fcm.misbehave({ kind: 'answer', status: 503, errorCode: 'UNAVAILABLE' }, { times: Infinity });
    },
    comeBack: () => fcm.behave(),
    close: () => fcm.close(),
  };
}

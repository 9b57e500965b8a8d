import type { Authority } from '../../src/sandbox/authority.ts';
import { buildRegistrationToken } from '../../src/sandbox/fcm/message/device-tokens.ts';
import { createSandboxFcm, type SandboxFcm } from '../../src/sandbox/fcm/sandbox-fcm.ts';
import type { ClientName, Subject } from '../faults/subject.ts';
import { faults, quickFaults, type FcmFault } from './faults.ts';
import type { Way } from './way.ts';

/** For the settings to reach the client after its first push. */
const warmMs = 200;
/** Of the access token, the connection or the service: the push can be sent again. */
const notOfThePush = new Set([401, 429]);
/** In firebase-admin it is fixed, as its hosts are. */
const googlesAudience = 'https://oauth2.googleapis.com/token';

export function buildSubject(authority: Authority): Subject<SandboxFcm, Way, FcmFault> {
  return {
    script: 'bench fcm-faults',
    page: 'docs/fcm-faults.md',
    clients: [{ name: 'Reveille' }, { name: 'firebase-admin sendEach' }, { name: 'firebase-admin send', speaksHttp1: true }],
    packages: ['firebase-admin'],
    faults,
    quickFaults,
    patienceMs: 25_000,
    child: new URL('child.ts', import.meta.url),
    buildToken: buildRegistrationToken,
    isFinal: (status) => status < 500 && !notOfThePush.has(status),
    async open(fault, client, ledger) {
      const { lifeSeconds, restMs } = fault.isRefreshDue === true ? dueTimes(client) : { lifeSeconds: 3_599, restMs: warmMs };
      const sandbox = await createSandboxFcm({
        authority,
        audiences: [googlesAudience],
        tokenLifeSeconds: lifeSeconds,
        onRequest: ({ token }, isMisbehaved) => ledger.requested(token, isMisbehaved),
        onAnswer: (answer) => ledger.answered(answer),
        ...fault.options,
      });
      const way = { origin: sandbox.origin, ca: authority.ca, account: sandbox.issueServiceAccount() };
      return { sandbox, way, restMs, close: () => sandbox.close() };
    },
  };
}

/** Reveille asks for the next token at four fifths of a life, firebase-admin five minutes before its end; the burst comes soon after that. */
function dueTimes({ name }: ClientName): { readonly lifeSeconds: number; readonly restMs: number } {
  return name === 'Reveille' ? { lifeSeconds: 40, restMs: 32_500 } : { lifeSeconds: 302, restMs: 2_500 };
}

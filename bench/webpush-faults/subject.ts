import { createPrivateKey } from 'node:crypto';
import type { Authority } from '../../src/sandbox/authority.ts';
import { createSandboxWebpush, type SandboxWebpush } from '../../src/sandbox/webpush/sandbox-webpush.ts';
import { buildVapidPair } from '../../src/sandbox/webpush/vapid.ts';
import type { Subject } from '../faults/subject.ts';
import { faults, quickFaults, type WebpushFault } from './faults.ts';
import type { Way } from './way.ts';

/** For the settings to reach the client after its first push. */
const warmMs = 200;
const ourOwnFaults = new Set([401, 403, 429]);

export function buildSubject(authority: Authority): Subject<SandboxWebpush, Way, WebpushFault> {
  const vapid = buildVapid();
  /** By the sandbox's names for them. */
  const tokens = new Map<string, string>();
  let subscribe: SandboxWebpush['subscribe'] | undefined;
  return {
    script: 'bench webpush-faults',
    page: 'docs/webpush-faults.md',
    clients: [{ name: 'Reveille' }, { name: 'Reveille, HTTP/1.1', speaksHttp1: true }, { name: 'web-push', speaksHttp1: true }],
    packages: ['web-push'],
    faults,
    quickFaults,
    patienceMs: 25_000,
    child: new URL('child.ts', import.meta.url),
    buildToken() {
      const subscription = subscribe?.({ applicationServerKey: vapid.publicKey });
      if (subscription === undefined) throw new Error('open comes first');
      const text = JSON.stringify(subscription);
      tokens.set(subscription.token, text);
      return text;
    },
    isFinal: (status) => status < 500 && !ourOwnFaults.has(status),
    async open(_fault, { speaksHttp1 }, ledger) {
      tokens.clear();
      const textOf = (token: string) => tokens.get(token) ?? token;
      const sandbox = await createSandboxWebpush({
        authority,
        onlyHTTP1: speaksHttp1 === true,
        onRequest: ({ token }, isMisbehaved) => ledger.requested(textOf(token), isMisbehaved),
        // The ledger knows acceptance as 200.
        onAnswer: ({ token, status }) => ledger.answered({ token: textOf(token), status: status === 201 ? 200 : status }),
      });
      subscribe = (options) => sandbox.subscribe(options);
      return { sandbox, way: { ...vapid, ca: authority.ca }, restMs: warmMs, close: () => sandbox.close() };
    },
  };
}

/** Keys that identify a sender, as each client wants them (RFC 8292). */
export function buildVapid(): Omit<Way, 'ca'> {
  const { pem, applicationServerKey } = buildVapidPair();
  const { d = '' } = createPrivateKey(pem).export({ format: 'jwk' });
  return { vapid: pem, privateKey: d, publicKey: applicationServerKey };
}

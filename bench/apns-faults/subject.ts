import { randomBytes } from 'node:crypto';
import { createSandboxApns, type SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildSigningKey, type Authority } from '../../src/sandbox/authority.ts';
import type { Subject } from '../faults/subject.ts';
import { faults, quickFaults, type ApnsFault } from './faults.ts';
import type { Way } from './way.ts';

const topic = 'org.example.app';
/** For the settings to reach the client after its first push. */
const warmMs = 200;
const ourOwnFaults = new Set([403, 429]);

export function buildSubject(authority: Authority): Subject<SandboxApns, Way, ApnsFault> {
  const key = buildSigningKey();
  return {
    script: 'bench apns-faults',
    page: 'docs/apns-faults.md',
    clients: [{ name: 'Reveille' }, { name: '@parse/node-apn' }, { name: 'apns2' }],
    packages: ['@parse/node-apn', 'apns2'],
    faults,
    quickFaults,
    patienceMs: 10_000,
    child: new URL('child.ts', import.meta.url),
    buildToken: () => randomBytes(32).toString('hex'),
    isFinal: (status) => status < 500 && !ourOwnFaults.has(status),
    async open(_fault, _client, ledger) {
      const sandbox = await createSandboxApns({
        authority,
        topics: [topic],
        keys: [key],
        onRequest: ({ token }, isMisbehaved) => ledger.requested(token, isMisbehaved),
        onAnswer: (answer) => ledger.answered(answer),
      });
      const { p8, keyId, teamId } = key;
      const way = { origin: sandbox.origin, ca: authority.ca, topic, p8, keyId, teamId };
      return { sandbox, way, restMs: warmMs, close: () => sandbox.close() };
    },
  };
}

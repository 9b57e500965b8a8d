import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Authority } from '../../src/sandbox/authority.ts';
import type { Subject } from '../faults/subject.ts';
import { faults, quickFaults, type WebpushFault } from './faults.ts';
import { createPushService, type PushService } from './service.ts';
import type { Way } from './way.ts';

/** For the settings to reach the client after its first push. */
const warmMs = 200;
const ourOwnFaults = new Set([401, 403, 429]);

export function buildSubject(authority: Authority): Subject<PushService, Way, WebpushFault> {
  const vapid = buildVapid();
  const keys = buildBrowser();
  const tokens = new Map<string, string>();
  let origin = '';
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
      const path = `/push/${randomBytes(16).toString('base64url')}`;
      const token = JSON.stringify({ endpoint: origin + path, keys });
      tokens.set(path, token);
      return token;
    },
    isFinal: (status) => status < 500 && !ourOwnFaults.has(status),
    async open(_fault, { speaksHttp1 }, ledger) {
      tokens.clear();
      const sandbox = await createPushService(
        authority,
        speaksHttp1 === true ? 'http/1.1' : 'h2',
        ledger,
        (path) => tokens.get(path) ?? path,
      );
      ({ origin } = sandbox);
      return { sandbox, way: { ...vapid, ca: authority.ca }, restMs: warmMs, close: () => sandbox.close() };
    },
  };
}

function buildVapid(): Omit<Way, 'ca'> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(d, 'base64url');
  const vapid = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { vapid, privateKey: d, publicKey: pair.getPublicKey('base64url') };
}

/** One for all: the service tells pushes apart by their path. */
function buildBrowser(): { readonly p256dh: string; readonly auth: string } {
  const pair = createECDH('prime256v1');
  return { p256dh: pair.generateKeys('base64url'), auth: randomBytes(16).toString('base64url') };
}

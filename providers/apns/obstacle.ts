import type { Outcome, Push } from '../../src/index.ts';
import type { Access } from './access.ts';
import type { Credentials } from './credentials/credentials.ts';
import { isDeviceToken } from './device-token.ts';

/** What becomes of a push without asking Apple; undefined where Apple is to be asked. */
export function obstacleOf(push: Push, { credentials }: Access): Outcome | undefined {
  if (credentials.kind === 'none') return { kind: 'rejected', reason: 'no certificate and no key' };
  const end = describeEndOf(credentials);
  if (end !== undefined) return { kind: 'rejected', reason: end };
  if (!isDeviceToken(push.token)) return { kind: 'gone' };
  return push.expiresAt.getTime() <= Date.now() ? { kind: 'rejected', reason: 'expired before it was sent' } : undefined;
}

/** Why no push has a chance with these credentials, in words for an administrator. */
export function reasonNotReady({ credentials, refusedAs }: Access): string | undefined {
  if (credentials.kind === 'none') return 'no certificate and no key; set cert-file or key-file, or upload a certificate';
  return describeEndOf(credentials) ?? refusedAs;
}

/** Of the certificate for messages: without the one for calls these come as alerts. */
function describeEndOf(credentials: Credentials): string | undefined {
  if (credentials.kind !== 'certificate' || credentials.certificate.expiresAt.getTime() > Date.now()) return undefined;
  return `the certificate ended on ${credentials.certificate.expiresAt.toISOString().slice(0, 10)}`;
}

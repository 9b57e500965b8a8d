import { randomBytes } from 'node:crypto';
import { buildNamed } from '../reasons.ts';
import { refuseArgument, type Refusal } from '../refusal.ts';

const tokenPattern = /^[\w-]+:APA91[\w-]{100,}$/;
const fidPattern = /^[cdef][\w-]{21}$/;

/** What the sandbox knows about registration tokens and installation ids. One it knows nothing about is alive. */
export interface DeviceTokens {
  /** 404 UNREGISTERED. */
  unregister(token: string): void;
  /** The token belongs to another project: 403 SENDER_ID_MISMATCH. */
  markOtherSender(token: string): void;
  /** The token never was one: 400 INVALID_ARGUMENT. */
  markBad(token: string): void;
  /** Nothing is known about the token any more. */
  revive(token: string): void;
  check(token: string): Refusal | undefined;
}

export function createDeviceTokens(): DeviceTokens {
  const marks = new Map<string, Refusal>();
  return {
    unregister: (token) => void marks.set(token, buildNamed('UNREGISTERED')),
    markOtherSender: (token) => void marks.set(token, buildNamed('SENDER_ID_MISMATCH')),
    markBad: (token) => void marks.set(token, buildNamed('INVALID_ARGUMENT')),
    revive: (token) => void marks.delete(token),
    check: (token) => marks.get(token),
  };
}

/** A token or installation id has the form of one; undefined where it has. */
export function checkForm(target: 'token' | 'fid', value: string): Refusal | undefined {
  if (target === 'token') return tokenPattern.test(value) ? undefined : buildNamed('INVALID_ARGUMENT');
  return fidPattern.test(value) ? undefined : refuseArgument('The installation ID is not a valid Firebase installation ID');
}

/** A registration token as an Android app gets it: its installation id, and what FCM adds. */
export function buildRegistrationToken(): string {
  return `${buildInstallationId()}:APA91b${randomBytes(100).toString('base64url')}`;
}

export function buildInstallationId(): string {
  return `c${randomBytes(16).toString('base64url').slice(0, 21)}`;
}

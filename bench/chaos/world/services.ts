import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey, type Authority } from '../../../src/sandbox/authority.ts';
import { buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import { createSandboxFcm } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import type { WireMisbehaviour } from '../../../src/sandbox/server/misbehaviour.ts';
import type { Scope } from '../../../src/sandbox/server/plans.ts';
import { readMarker, readPushId } from './stanzas.ts';

const topic = 'org.example.app';
/** More than any run sends: what the ledger has not read yet must not be forgotten. */
const kept = 10_000_000;

/** A push service for the run. */
export interface Service {
  readonly name: 'apns' | 'fcm';
  /** The provider id that devices register under. */
  readonly provider: string;
  /** The provider's table in the configuration. */
  readonly table: string;
  readonly buildToken: () => string;
  /** Whether calls go to a token of their own. */
  readonly hasCallTokens: boolean;
  /** The pushes accepted since the last call. */
  takePushes(): readonly Taken[];
  misbehave(told: WireMisbehaviour, scope: Scope): void;
  /** Answers with this status, as the service says it. */
  refuse(status: 429 | 503, scope: Scope): void;
  behave(): void;
  close(): Promise<void>;
}

/** What there is to know of an accepted push. */
export interface Taken {
  /** The number of the publish. */
  readonly marker: number;
  /** What an app tells by whether it has shown it. */
  readonly pushId: string | undefined;
  /** Its time was over when it was accepted, by what it said itself: FCM is told how long it has to live from that moment. */
  readonly isStale: boolean;
}

/** Both services; their files go into the folder. Settles when they listen. */
export async function startServices(folder: string): Promise<Readonly<Record<'apns' | 'fcm', Service>>> {
  const authority = buildAuthority();
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  return { apns: await startApns(folder, authority), fcm: await startFcm(folder, authority) };
}

async function startApns(folder: string, authority: Authority): Promise<Service> {
  const key = buildSigningKey();
  writeFileSync(join(folder, 'key.p8'), key.p8);
  const apns = await createSandboxApns({ authority, topics: [topic], keys: [key], keep: kept });
  const provider = 'tigase:messenger:apns:1';
  const reasons = { 429: 'TooManyRequests', 503: 'ServiceUnavailable' } as const;
  return {
    name: 'apns',
    provider,
    table:
      `[providers."${provider}"]\nuse = "apns"\napns-topic = "${topic}"\nkey-file = "key.p8"\nkey-id = "${key.keyId}"\n` +
      `team-id = "${key.teamId}"\nendpoint = "${apns.origin}"\nca-file = "ca.pem"\n`,
    buildToken: () => randomBytes(32).toString('hex'),
    hasCallTokens: true,
    takePushes: createReader(apns, ({ payload, expiration = Infinity }) => {
      // It is told whole seconds: the second that it names is still its own.
      return { marker: readMarker(payload), pushId: readPushId(payload), isStale: (expiration + 1) * 1000 <= Date.now() };
    }),
    misbehave: (told, scope) => apns.misbehave(told, scope),
    refuse: (status, scope) => apns.misbehave({ kind: 'answer', status, reason: reasons[status] }, scope),
    behave: () => apns.behave(),
    close: () => apns.close(),
  };
}

async function startFcm(folder: string, authority: Authority): Promise<Service> {
  const fcm = await createSandboxFcm({ authority, keep: kept });
  writeFileSync(join(folder, 'service-account.json'), JSON.stringify(fcm.issueServiceAccount()));
  const provider = 'fcm-xmpp-api';
  const codes = { 429: 'QUOTA_EXCEEDED', 503: 'UNAVAILABLE' } as const;
  return {
    name: 'fcm',
    provider,
    table: `[providers."${provider}"]\nuse = "fcm"\nservice-account-file = "service-account.json"\nendpoint = "${fcm.origin}"\nca-file = "ca.pem"\n`,
    buildToken: buildRegistrationToken,
    hasCallTokens: false,
    takePushes: createReader(fcm, ({ data }) => ({ marker: readMarker(data), pushId: readPushId(data), isStale: false })),
    misbehave: (told, scope) => fcm.misbehave(told, scope),
    refuse: (status, scope) => fcm.misbehave({ kind: 'answer', status, errorCode: codes[status] }, scope),
    behave: () => fcm.behave(),
    close: () => fcm.close(),
  };
}

function createReader<P>({ pushes }: { readonly pushes: readonly P[] }, read: (push: P) => Taken): () => readonly Taken[] {
  let seen = 0;
  return () => {
    const taken = pushes.slice(seen).map(read);
    seen += taken.length;
    return taken;
  };
}

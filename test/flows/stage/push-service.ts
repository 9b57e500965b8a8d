import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxAnswer } from '../../../src/sandbox/apns/desk.ts';
import { createSandboxApns, type SandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey, type Authority, type SigningKey } from '../../../src/sandbox/authority.ts';

/** An APNs in the test's own process that judges like Apple's, and what it was asked for. */
export interface PushService {
  readonly topic: string;
  /** The keys of Reveille's provider table that lead here. */
  readonly providerTable: string;
  /** The same for a provider that waits for a certificate by command. */
  readonly openTable: string;
  readonly sandbox: SandboxApns;
  /** Whose file is AuthKey.p8. */
  readonly key: SigningKey;
  /** Issues certificates that the sandbox accepts. */
  readonly authority: Authority;
  /** Device tokens of the requests that were read, answered or not. */
  readonly begun: readonly string[];
  /** Every request for a token with the answer it got, accepted or not, oldest first. */
  asked(token: string): readonly SandboxAnswer[];
  accepted(token: string): readonly SandboxAnswer[];
  /** From now on the token answers 410. */
  declareDead(token: string): void;
  /** While down it answers 503 to everything. */
  setDown(isDown: boolean): void;
  close(): Promise<void>;
}

const topic = 'org.example.app';

/** Writes its certificate authority and a token signing key into `folder`; settles when it listens. */
export async function startPushService(folder: string, onAnswer: (answer: SandboxAnswer) => void = () => undefined): Promise<PushService> {
  const authority = buildAuthority();
  const key = buildSigningKey();
  const answers: SandboxAnswer[] = [];
  const begun: string[] = [];
  const sandbox = await createSandboxApns({
    authority,
    keys: [key],
    topics: [topic],
    onAnswer(answer) {
      answers.push(answer);
      onAnswer(answer);
    },
    onRequest: ({ token }) => begun.push(token),
  });
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  writeFileSync(join(folder, 'AuthKey.p8'), key.p8);
  const asked = (token: string) => answers.filter((answer) => answer.token.toLowerCase() === token.toLowerCase());
  return {
    topic,
    providerTable: `use = "apns"
apns-topic = "${topic}"
key-file = "AuthKey.p8"
key-id = "${key.keyId}"
team-id = "${key.teamId}"
endpoint = "${sandbox.origin}"
ca-file = "ca.pem"`,
    openTable: `use = "apns"\napns-topic = "${topic}"\nendpoint = "${sandbox.origin}"\nca-file = "ca.pem"`,
    sandbox,
    key,
    authority,
    begun,
    asked,
    accepted: (token) => asked(token).filter(({ status }) => status === 200),
    declareDead: (token) => sandbox.expire(token),
    setDown(isDown) {
      if (isDown) sandbox.misbehave({ kind: 'answer', status: 503, reason: 'ServiceUnavailable' }, { times: Infinity });
      else sandbox.behave();
    },
    close: () => sandbox.close(),
  };
}

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandboxApns, type SandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildSigningKey, type Authority } from '../../../src/sandbox/authority.ts';
import type { Service } from './service.ts';

const topic = 'org.example.app';
/** Who is told of each push need not find it again. */
const keep = 1;
/** Below those that the kernel gives to anybody: free while nothing listens, too. */
const ports = { first: 20_000, count: 10_000 };

/** An APNs on a port that stays its own while it is closed. Whoever starts it closes it. */
export async function startApns(folder: string, authority: Authority, onAccepted: (sender: unknown) => void): Promise<Service> {
  const key = buildSigningKey();
  writeFileSync(join(folder, 'key.p8'), key.p8);
  const dead = new Set<string>();
  const onAnswer = ({ status, payload }: { status: number; payload: Readonly<Record<string, unknown>> | undefined }) => {
    if (status === 200) onAccepted(payload?.['sender']);
  };
  const open = (port: number) => createSandboxApns({ authority, topics: [topic], keys: [key], keep, port, onAnswer });
  let apns = await openSomewhere(open);
  let isClosed = false;
  const { origin } = apns;
  const provider = 'tigase:messenger:apns:1';
  return {
    provider,
    table:
      `[providers."${provider}"]\nuse = "apns"\napns-topic = "${topic}"\nkey-file = "key.p8"\nkey-id = "${key.keyId}"\n` +
      `team-id = "${key.teamId}"\nendpoint = "${origin}"\nca-file = "ca.pem"\n`,
    buildToken: () => randomBytes(32).toString('hex'),
    end: (token) => {
      dead.add(token);
      apns.expire(token);
    },
    misbehave: (told) => apns.misbehave(told),
    async leave(manner) {
      if (manner === 'refused') {
        isClosed = true;
        await apns.close();
      } else if (manner === 'silent') apns.misbehave({ kind: 'silence' }, { times: Infinity });
      else apns.misbehave({ kind: 'answer', status: 503, reason: 'ServiceUnavailable' }, { times: Infinity });
    },
    async comeBack() {
      apns.behave();
      if (!isClosed) return;
      isClosed = false;
      apns = await open(Number(new URL(origin).port));
      for (const token of dead) apns.expire(token);
    },
    close: () => apns.close(),
  };
}

/** On a port that stays its own while it is closed. */
async function openSomewhere(open: (port: number) => Promise<SandboxApns>): Promise<SandboxApns> {
  for (let tries = 0; ; tries += 1) {
    const port = ports.first + Math.floor(Math.random() * ports.count);
    try {
      return await open(port);
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}

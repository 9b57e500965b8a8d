import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import create from '../../../providers/apns/index.ts';
import type { Push } from '../../../src/index.ts';
import type { Answer, Client, Way } from '../client.ts';

/** Reveille's own provider, as the component creates it. */
export function createClient({ origin, ca, topic, p8, keyId, teamId }: Way): Client {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-faults-'));
  writeFileSync(join(folder, 'ca.pem'), ca);
  writeFileSync(join(folder, 'key.p8'), p8);
  const options = { 'apns-topic': topic, 'key-file': 'key.p8', 'key-id': keyId, 'team-id': teamId, 'ca-file': 'ca.pem', endpoint: origin };
  let doubts = 0;
  const listen = (event: string, fields: Readonly<Record<string, unknown>> = {}) => {
    if (event === 'http2-traffic') doubts += Number(fields['resentInDoubt']) + Number(fields['inDoubt']);
  };
  const log = { debug: listen, info: listen, warn: listen, error: listen };
  const provider = create(options, { name: 'apns', log, resolvePath: (path) => join(folder, path) });
  const { signal } = new AbortController();
  return {
    async send(token): Promise<Answer> {
      const { kind } = await provider.push(buildPush(token), signal);
      if (kind === 'accepted') return 'accepted';
      return kind === 'retry' ? 'again' : 'refused';
    },
    countDoubts: () => doubts,
    async close() {
      await provider.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function buildPush(token: string): Push {
  return {
    id: randomUUID(),
    account: 'anna@example.org',
    token,
    secondToken: undefined,
    remembered: undefined,
    registeredAt: new Date(),
    expiresAt: new Date(Date.now() + 600_000),
    notification: {
      messageCount: 1,
      pendingSubscriptionCount: undefined,
      sender: 'ben@example.org/phone',
      body: 'Are you there?',
      nickname: undefined,
      encrypted: undefined,
      priority: undefined,
      jingle: undefined,
      meet: undefined,
      event: undefined,
    },
  };
}

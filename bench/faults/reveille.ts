import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyNotification, type Provider, type ProviderTools, type Push } from '../../src/index.ts';
import type { Client, Verdict } from './client.ts';

export interface OwnProvider {
  readonly create: (options: unknown, tools: ProviderTools) => Provider;
  /** What its options name, by file name. */
  readonly files: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** One of Reveille's own providers, as the component creates it. */
export function createReveilleClient({ create, files, options }: OwnProvider): Client {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-faults-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  let doubts = 0;
  const listen = (event: string, fields: Readonly<Record<string, unknown>> = {}) => {
    if (event === 'http2-traffic') doubts += Number(fields['resentInDoubt']) + Number(fields['inDoubt']);
  };
  const log = { debug: listen, info: listen, warn: listen, error: listen };
  const provider = create(options, { name: 'bench', log, resolvePath: (path) => join(folder, path) });
  const { signal } = new AbortController();
  return {
    async send(token): Promise<Verdict> {
      const outcome = await provider.push(buildPush(token), signal);
      if (outcome.kind === 'accepted') return 'accepted';
      if (outcome.kind !== 'retry') return 'refused';
      return outcome.afterMs === undefined ? 'again' : { againAfterMs: outcome.afterMs };
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
    notification: { ...emptyNotification, messageCount: 1, sender: 'ben@example.org/phone', body: 'Are you there?' },
  };
}

import { setTimeout } from 'node:timers/promises';
import { serveCommands } from '../helper.ts';
import type { Answer, Client, ClientName, Way } from './client.ts';

const againMs = 100;

export interface Burst {
  readonly tokens: readonly string[];
  /** What has not settled by then hangs. */
  readonly limitMs: number;
}

export type Tally = Readonly<Partial<Record<Answer | 'hanging', number>>>;

/** What one client's process can be asked. */
export type ClientCommands = typeof commands;

let client: Client | undefined;

const commands = {
  async open({ name, way }: { readonly name: ClientName; readonly way: Way }): Promise<void> {
    const modules = {
      Reveille: () => import('./clients/reveille.ts'),
      '@parse/node-apn': () => import('./clients/node-apn.ts'),
      apns2: () => import('./clients/apns2.ts'),
    };
    const module = await modules[name]();
    client = module.createClient(way);
  },
  send: (token: string): Promise<Answer> => use().send(token),
  async burst({ tokens, limitMs }: Burst): Promise<Tally> {
    const limit = new AbortController();
    const timer = setTimeout(limitMs, 'hanging' as const, { signal: limit.signal });
    const answers = await Promise.all(tokens.map((token) => Promise.race([deliver(token, Date.now() + limitMs), timer])));
    timer.catch(() => undefined);
    limit.abort();
    const tally: Partial<Record<Answer | 'hanging', number>> = {};
    for (const answer of answers) tally[answer] = (tally[answer] ?? 0) + 1;
    return tally;
  },
  async close(): Promise<number> {
    await use().close();
    return use().countDoubts();
  },
};

/** The same caller for every client: again where the client calls it worth another try, and only there. */
async function deliver(token: string, until: number): Promise<Answer> {
  for (;;) {
    const answer = await use().send(token);
    if (answer !== 'again' || Date.now() > until) return answer;
    await setTimeout(againMs);
  }
}

function use(): Client {
  if (client === undefined) throw new Error('open comes first');
  return client;
}

serveCommands(commands);

import { setTimeout } from 'node:timers/promises';
import { serveCommands } from '../base/helper.ts';
import type { Answer, Client, Verdict } from './client.ts';

const againMs = 100;
/** Whoever says "in a minute" is asked again after this, for the table to be done today. */
const longestAgainMs = 2_000;

export interface Burst {
  readonly tokens: readonly string[];
  /** What has not settled by then hangs. */
  readonly limitMs: number;
}

export type Tally = Readonly<Partial<Record<Answer | 'hanging', number>>>;

/** What one client's process can be asked; W is how to reach the sandbox, and as whom. */
export interface ClientCommands<W> extends Record<string, (argument: never) => unknown> {
  open(order: { readonly name: string; readonly way: W }): Promise<void>;
  send(token: string): Promise<Verdict>;
  burst(burst: Burst): Promise<Tally>;
  /** Settles with the pushes that the client itself called in doubt. */
  close(): Promise<number>;
}

/** Where a client is, by its name. Only the one under test is loaded. */
export type ClientModules<W> = Readonly<Record<string, () => Promise<(way: W) => Client>>>;

/** The process of one client: opens it, hands it pushes, and says what it said. */
export function serveClients<W>(modules: ClientModules<W>): void {
  let client: Client | undefined;
  const use = () => {
    if (client === undefined) throw new Error('open comes first');
    return client;
  };
  const commands: ClientCommands<W> = {
    async open({ name, way }) {
      const load = modules[name];
      if (load === undefined) throw new Error(`no client ${name}`);
      client = (await load())(way);
    },
    send: (token) => use().send(token),
    burst: (burst) => sendBurst(use(), burst),
    async close() {
      await use().close();
      return use().countDoubts();
    },
  };
  serveCommands(commands);
}

async function sendBurst(client: Client, { tokens, limitMs }: Burst): Promise<Tally> {
  const limit = new AbortController();
  const timer = setTimeout(limitMs, 'hanging' as const, { signal: limit.signal });
  const answers = await Promise.all(tokens.map((token) => Promise.race([deliver(client, token, Date.now() + limitMs), timer])));
  timer.catch(() => undefined);
  limit.abort();
  const tally: Partial<Record<Answer | 'hanging', number>> = {};
  for (const answer of answers) tally[answer] = (tally[answer] ?? 0) + 1;
  return tally;
}

/** The same caller for every client: again where the client calls it worth another try, and only there. */
async function deliver(client: Client, token: string, until: number): Promise<Answer> {
  for (;;) {
    const verdict = await client.send(token);
    const waitMs = typeof verdict === 'string' ? againMs : Math.min(Math.max(againMs, verdict.againAfterMs), longestAgainMs);
    const answer = typeof verdict === 'string' ? verdict : 'again';
    if (answer !== 'again' || Date.now() + waitMs > until) return answer;
    await setTimeout(waitMs);
  }
}

import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createSandboxApns, type SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import type { Authority, SigningKey } from '../../src/sandbox/authority.ts';
import { give, parseSwitch } from '../../src/sandbox/switches.ts';
import { startHelper, type Helper } from '../helper.ts';
import type { ClientCommands, Tally } from './child.ts';
import type { ClientName } from './client.ts';
import type { Fault } from './faults.ts';
import { Ledger } from './ledger.ts';

const topic = 'org.example.app';
const probeMs = 100;
/** For the settings to reach the client after its first push. */
const warmMs = 200;
const closeMs = 7_000;

export interface Plan {
  readonly pushes: number;
  /** A client has so long for the burst and for its recovery. */
  readonly limitMs: number;
  readonly authority: Authority;
  readonly key: SigningKey;
}

/** One fault and one client. */
export interface Row {
  readonly fault: string;
  readonly client: ClientName;
  readonly sent: number;
  readonly accepted: number;
  readonly retried: number;
  readonly inDoubt: number;
  readonly twice: number;
  readonly lost: number;
  /** Undefined: not within the limit. */
  readonly recoveredMs: number | undefined;
}

/** A fresh sandbox, a fresh process for the client, a burst, and the service's account of it. Settles within the plan's limit and some seconds. */
export async function runCell(fault: Fault, client: ClientName, plan: Plan): Promise<Row> {
  const { authority, key } = plan;
  const ledger = new Ledger();
  const sandbox = await createSandboxApns({
    authority,
    topics: [topic],
    keys: [key],
    onRequest: ({ token }, isMisbehaved) => ledger.requested(token, isMisbehaved),
    onAnswer: (answer) => ledger.answered(answer),
  });
  const helper = startHelper<ClientCommands>(new URL('child.ts', import.meta.url));
  try {
    const { p8, keyId, teamId } = key;
    await helper.ask('open', { name: client, way: { origin: sandbox.origin, ca: authority.ca, topic, p8, keyId, teamId } });
    const tokens = Array.from({ length: plan.pushes }, buildToken);
    const tally = await burst({ fault, sandbox, helper, ledger, tokens, limitMs: plan.limitMs });
    const counted = ledger.count(tokens);
    // A client that can't even close has told all it will.
    const doubts = await Promise.race([helper.ask('close', undefined).catch(() => 0), setTimeout(closeMs, 0, { ref: false })]);
    const { doubt = 0, hanging = 0 } = tally;
    return {
      fault: fault.name,
      client,
      sent: tokens.length,
      ...counted,
      inDoubt: doubt + hanging + doubts,
      recoveredMs: fault.switches.length === 0 ? 0 : ledger.recoveredMs,
    };
  } finally {
    await helper.close();
    await sandbox.close();
  }
}

interface Scene {
  readonly fault: Fault;
  readonly sandbox: SandboxApns;
  readonly helper: Helper<ClientCommands>;
  readonly ledger: Ledger;
  readonly tokens: readonly string[];
  readonly limitMs: number;
}

async function burst({ fault, sandbox, helper, ledger, tokens, limitMs }: Scene): Promise<Tally> {
  if (fault.isCold !== true) {
    await helper.ask('send', buildToken());
    await setTimeout(warmMs);
  }
  for (const text of fault.switches) give(parseSwitch(text), sandbox);
  if (fault.isCold === true) ledger.faultAt = Date.now();
  const until = Date.now() + limitMs;
  const outcome = { tally: undefined as Tally | undefined };
  // A client that crashes leaves everything in doubt.
  const done = helper.ask('burst', { tokens, limitMs }).then(
    (tally) => (outcome.tally = tally),
    () => (outcome.tally = { doubt: tokens.length }),
  );
  while (Date.now() < until && !(outcome.tally !== undefined && (fault.switches.length === 0 || ledger.recoveredMs !== undefined))) {
    await setTimeout(probeMs);
    const token = buildToken();
    ledger.probe(token);
    // What becomes of a probe is in the ledger.
    helper.ask('send', token).catch(() => undefined);
  }
  return Promise.race([done, setTimeout(closeMs, { hanging: tokens.length }, { ref: false })]);
}

function buildToken(): string {
  return randomBytes(32).toString('hex');
}

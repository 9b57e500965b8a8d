import { setTimeout } from 'node:timers/promises';
import { startHelper, type Helper } from '../base/helper.ts';
import type { Fault } from './fault.ts';
import { Ledger } from './ledger.ts';
import type { ClientCommands, Tally } from './serve-clients.ts';
import type { ClientName, Stand, Subject } from './subject.ts';

const probeMs = 100;
const closeMs = 7_000;

/** One fault and one client. */
export interface Row {
  readonly fault: string;
  readonly client: string;
  readonly sent: number;
  readonly accepted: number;
  readonly retried: number;
  readonly inDoubt: number;
  readonly twice: number;
  readonly lost: number;
  /** Undefined: not within the limit. */
  readonly recoveredMs: number | undefined;
}

/** A fresh sandbox, a fresh process for the client, a burst, and the service's account of it. Settles within the subject's patience and some seconds. */
export async function runCell<S, W, F extends Fault<S>>(
  subject: Subject<S, W, F>,
  fault: F,
  client: ClientName,
  pushes: number,
): Promise<Row> {
  const ledger = new Ledger((status) => subject.isFinal(status));
  const stand = await subject.open(fault, client, ledger);
  const helper = startHelper<ClientCommands<W>>(subject.child);
  try {
    await helper.ask('open', { name: client.name, way: stand.way });
    const tokens = Array.from({ length: pushes }, () => subject.buildToken());
    const buildToken = () => subject.buildToken();
    const scene = { fault, stand, helper, ledger, tokens, buildToken, limitMs: subject.patienceMs };
    const { doubt = 0, hanging = 0 } = await burst(scene);
    const counted = ledger.count(tokens);
    // A client that can't even close has told all it will.
    const doubts = await Promise.race([helper.ask('close', undefined as never).catch(() => 0), setTimeout(closeMs, 0, { ref: false })]);
    return {
      fault: fault.name,
      client: client.name,
      sent: tokens.length,
      ...counted,
      inDoubt: doubt + hanging + doubts,
      recoveredMs: fault.arrange === undefined ? 0 : ledger.recoveredMs,
    };
  } finally {
    await helper.close();
    await stand.close();
  }
}

interface Scene<S, W> {
  readonly fault: Fault<S>;
  readonly stand: Stand<S, W>;
  readonly helper: Helper<ClientCommands<W>>;
  readonly ledger: Ledger;
  readonly tokens: readonly string[];
  readonly buildToken: () => string;
  readonly limitMs: number;
}

async function burst<S, W>({ fault, stand, helper, ledger, tokens, buildToken, limitMs }: Scene<S, W>): Promise<Tally> {
  if (fault.isCold !== true) {
    const verdict = await helper.ask('send', buildToken());
    // Otherwise the table would tell of the bench, and not of the fault.
    if (verdict !== 'accepted') throw new Error(`before the fault: ${JSON.stringify(verdict)}`);
    await setTimeout(stand.restMs);
  }
  fault.arrange?.(stand.sandbox);
  if (fault.isCold === true || fault.isThereAtOnce === true) ledger.faultAt = Date.now();
  const until = Date.now() + limitMs;
  const outcome = { tally: undefined as Tally | undefined };
  // A client that crashes leaves everything in doubt.
  const done = helper.ask('burst', { tokens, limitMs }).then(
    (tally) => (outcome.tally = tally),
    () => (outcome.tally = { doubt: tokens.length }),
  );
  const isOver = () => outcome.tally !== undefined && (fault.arrange === undefined || ledger.recoveredMs !== undefined);
  while (Date.now() < until && !isOver()) {
    await setTimeout(probeMs);
    const token = buildToken();
    ledger.probe(token);
    // What becomes of a probe is in the ledger.
    helper.ask('send', token).catch(() => undefined);
  }
  return Promise.race([done, setTimeout(closeMs, { hanging: tokens.length }, { ref: false })]);
}

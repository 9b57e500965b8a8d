import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { Outcome, Provider, Push } from '../../src/index.ts';
import { never, tally, type Captured } from './kit.ts';

export const burstSize = 600;
const pauseMs = 50;
const limitMs = 40_000;

/** A fault in the middle of a burst at a sandbox of the type S, and what it may cost; what is not mentioned must not happen. */
export interface Fault<S> {
  arrange(sandbox: S): void;
  /** Final outcomes beside accepted. */
  readonly refused?: Readonly<Record<string, number>>;
  /** Some pushes cannot but be in doubt, and are sent again by the provider. */
  readonly isDoubtful?: true;
  /** So many are in doubt and left to the caller. */
  readonly leftInDoubt?: number;
  /** The service said so itself, and the caller tried again. */
  readonly isRetried?: true;
}

export interface Burst {
  readonly provider: Provider;
  readonly captured: Captured;
  readonly pushes: readonly Push[];
  /** What stands for a push in the ledger of the service. */
  readonly nameOf: (push: Push) => string;
  /** The names of the pushes that the service accepted, as often as it did. */
  readonly readLedger: () => readonly string[];
}

/** Hands the burst over at once, closes the provider and compares its words with the service's ledger. */
export async function checkBurst<S>({ provider, captured, pushes, nameOf, readLedger }: Burst, fault: Fault<S>): Promise<void> {
  const deliveries = await Promise.all(pushes.map((push) => deliver(provider, push)));
  const { accepted = 0, ...refused } = tally(deliveries.map(({ outcome }) => outcome.kind));
  assert.deepEqual(refused, fault.refused ?? {});
  await provider.close();

  // What the provider calls accepted is in the ledger, and nothing else.
  const told = new Set(pushes.filter((_, index) => deliveries[index]?.outcome.kind === 'accepted').map(nameOf));
  const ledger = readLedger();
  assert.deepEqual(new Set(ledger), told);
  assert.equal(told.size, accepted);

  const { resentInDoubt, inDoubt } = readTraffic(captured.text());
  const doubled = ledger.length - told.size;
  assert.ok(doubled <= resentInDoubt + inDoubt, `${doubled} arrived twice, ${resentInDoubt} + ${inDoubt} were in doubt`);
  assert.equal(resentInDoubt > 0, fault.isDoubtful === true, `${resentInDoubt} in doubt`);
  assert.equal(inDoubt, fault.leftInDoubt ?? 0);
  const retried = deliveries.filter(({ tries }) => tries > 1).length;
  assert.equal(retried > 0, fault.isRetried === true, `${retried} tried again`);
}

interface Delivery {
  readonly outcome: Outcome;
  readonly tries: number;
}

/** As a caller would: the same push again for as long as it is worth another try. */
export async function deliver(provider: Provider, push: Push): Promise<Delivery> {
  const limit = Date.now() + limitMs;
  for (let tries = 1; ; tries += 1) {
    const outcome = await provider.push(push, never);
    if (outcome.kind !== 'retry' || Date.now() > limit) return { outcome, tries };
    await setTimeout(pauseMs);
  }
}

interface Traffic {
  readonly resentInDoubt: number;
  readonly inDoubt: number;
}

/** What the pools said when they closed. */
function readTraffic(text: string): Traffic {
  const lines = text.split('\n').map((line) => JSON.parse(line) as { readonly event: string } & Traffic);
  const closed = lines.filter(({ event }) => event === 'http2-traffic');
  assert.ok(closed.length > 0);
  return {
    resentInDoubt: closed.reduce((sum, line) => sum + line.resentInDoubt, 0),
    inDoubt: closed.reduce((sum, line) => sum + line.inDoubt, 0),
  };
}

import type { Fpush } from '../handlers/dialects/fpush/fpush.ts';
import type { LocalPush } from '../local-push/local-push.ts';
import type { Log } from '../log/log.ts';
import type { RunningDelivery } from '../push/delivery/create-delivery.ts';
import type { Router } from '../xmpp/routing/router.ts';

/** How long pushes under way may take at shutdown; then they are stored, and the rest of the ten seconds is for closing. */
const drainGraceMs = 5_000;
const drainMs = 8_000;

interface Draining {
  readonly router: Router;
  readonly delivery: RunningDelivery;
  readonly fpush: Fpush | undefined;
  readonly localPush: LocalPush | undefined;
  readonly log: Log;
}

/** New pushes, waiting ones and connected devices at the same time: all have seconds. */
export async function drain({ router, delivery, fpush, localPush, log }: Draining): Promise<void> {
  const [, , lost = 0] = await Promise.all([
    router.drain(drainGraceMs, drainMs),
    delivery.drain(drainGraceMs),
    fpush?.drain(drainGraceMs),
    localPush?.drain(),
  ]);
  if (lost > 0) log.warn('waiting-pushes-lost', { dialect: 'fpush', count: lost });
}

import type { DeferredKind } from '../../registry/deferred/deferred-store.ts';
import type { Device } from '../../registry/devices/device.ts';
import type { Outcome, Push } from '../provider/provider.ts';

/** A way to devices that needs no push service: those that are connected to us. */
export interface LocalWay {
  /** Whether a push may come to this device by both ways, so that the app must be able to tell that it is one. */
  covers(device: Device): boolean;
  /**
   * Undefined where the device is not connected, which costs one look into memory. Else settles, within seconds, with whether the
   * device acknowledged the push. Never rejects.
   */
  offer(push: Push, device: Device, kind: DeferredKind): Promise<boolean> | undefined;
}

/** By which way a push came to its outcome. */
export type Arrival = { readonly way: 'local' } | { readonly way: 'provider'; readonly outcome: Outcome };

const local: Arrival = { way: 'local' };

/** The push service is asked where the device has not taken it. */
export async function oneAfterTheOther(taken: Promise<boolean>, askProvider: () => Promise<Outcome>): Promise<Arrival> {
  return (await taken) ? local : { way: 'provider', outcome: await askProvider() };
}

/**
 * Both at once: who takes it first decides. A push service that does not take it waits for the device's word; one that is still
 * asked when the device has taken it is `left` to whoever sees to its end.
 */
export function bothAtOnce(taken: Promise<boolean>, asked: Promise<Outcome>, left: (asked: Promise<Outcome>) => void): Promise<Arrival> {
  const byProvider = asked.then(
    async (outcome): Promise<Arrival> => (isFinal(outcome) || !(await taken) ? { way: 'provider', outcome } : local),
    async (error: unknown): Promise<Arrival> => {
      if (await taken) return local;
      throw error;
    },
  );
  const byDevice = taken.then((isTaken): Arrival | Promise<Arrival> => {
    if (!isTaken) return byProvider;
    left(asked);
    return local;
  });
  return Promise.race([byDevice, byProvider]);
}

/** A device that its push service calls dead is forgotten by now, whatever it says itself. */
function isFinal({ kind }: Outcome): boolean {
  return kind === 'accepted' || kind === 'gone';
}

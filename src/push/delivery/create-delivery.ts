import type { Log } from '../../log/log.ts';
import type { Backlog, DeferredPush, DeferredStore } from '../../registry/deferred/deferred-store.ts';
import type { Device } from '../../registry/devices/device.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Alarm } from '../alarm.ts';
import { Dispatcher, type PushMeasurements } from '../dispatch/dispatcher.ts';
import type { LocalWay } from '../dispatch/local-way.ts';
import type { ProviderGuard } from '../guard/provider-guard.ts';
import type { PushFeed } from '../feed/push-feed.ts';
import type { TimesToLive } from '../dispatch/time-to-live.ts';
import { Backlogs } from './waiting/backlogs.ts';
import { DeferralLog } from './waiting/deferral-log.ts';
import type { DeliveryMeasurements } from './waiting/deferred-end.ts';
import { Delivery } from './delivery.ts';
import { Latest } from './waiting/latest.ts';
import { Outbox } from './waiting/outbox.ts';
import { Pace } from './retrying/pace.ts';
import { ProviderBreaker } from './restraint/provider-breaker.ts';
import { RateGuard } from './restraint/rate-guard.ts';
import { Refusals } from './restraint/refusals.ts';
import { Retrial } from './retrying/retrial.ts';
import type { DeliveryTiming } from './timing.ts';
import { Worker } from './retrying/worker.ts';

/** Waiting pushes of a provider take this part of its places at most, and no more than so many: new ones come first. */
const waitingPart = 1 / 4;
const mostAtOnce = 200;

export interface DeliveryParts extends TimesToLive {
  readonly guards: ReadonlyMap<string, ProviderGuard>;
  readonly registry: Registry;
  readonly store: DeferredStore;
  readonly log: Log;
  readonly alarm: Alarm;
  readonly measurements?: PushMeasurements & DeliveryMeasurements;
  /** At most one push that nobody sees per device in this time; 0: as many as come. */
  readonly updateIntervalMs: number;
  /** Places for pushes under way, of all providers together. */
  readonly inFlight: number;
  readonly timing: DeliveryTiming;
  /** To devices that are connected to us. */
  readonly local?: LocalWay | undefined;
  /** Told of each push, where somebody follows. */
  readonly feed?: PushFeed | undefined;
}

/** The way out for pushes, running. */
export interface RunningDelivery {
  /** The providers behind their breakers. */
  readonly providers: ReadonlyMap<string, ProviderBreaker>;
  readonly dispatcher: Dispatcher;
  readonly delivery: Delivery;
  /** What waits, by provider, as of the last look. */
  readonly backlog: () => ReadonlyMap<string, Backlog>;
  /** This device is connected now: what waits for it is tried at once. Settles once that is begun; never rejects. */
  hurry(device: Pick<Device, 'node' | 'provider'>): Promise<void>;
  /**
   * Nothing new is tried any more, neither a waiting push nor a published one, which is committed instead; settles when the
   * waiting ones under way have ended, those cut off after `graceMs` included.
   */
  drain(graceMs: number): Promise<void>;
  /** Settles when all that was to be committed is. After the last publish was answered, before registry and providers close. */
  close(): Promise<void>;
}

/** Puts dispatcher, outbox and a worker for each provider together and starts them. Whoever created it drains and closes it. */
export function createDelivery(parts: DeliveryParts): RunningDelivery {
  const { store, log, timing, measurements } = parts;
  const lanes = new Map<string, Lane>();
  const deferralLog = new DeferralLog(log);
  const onLook = (known: ReadonlyMap<string, Backlog>) => {
    deferralLog.looked(known);
    for (const [provider, { expired }] of known) if (expired > 0) measurements?.deferredEnded(provider, 'expired', expired);
  };
  const shared: Shared = {
    backlogs: new Backlogs({ store, pollMs: timing.pollMs, log, onLook }),
    latest: new Latest(),
    rateGuard: new RateGuard(parts.updateIntervalMs),
  };
  for (const [provider, guard] of parts.guards) lanes.set(provider, createLane(provider, guard, parts));
  const providers = mapValues(lanes, ({ provider }) => provider);
  const dispatcher = new Dispatcher({ ...parts, providers });
  const workers = mapValues(lanes, (lane, provider) => createWorker(provider, lane, { parts, shared, dispatcher }));
  const onPut = ({ provider, notBefore }: DeferredPush) => workers.get(provider)?.expect(notBefore);
  const outbox = new Outbox({ store, ...shared, log, onPut });
  const refusals = mapValues(lanes, (lane) => lane.refusals);
  const delivery = new Delivery({ ...parts, ...shared, dispatcher, outbox, refusals, deferralLog, measurements });
  shared.backlogs.start();
  for (const worker of workers.values()) worker.start();
  return {
    providers,
    dispatcher,
    delivery,
    backlog: () => shared.backlogs.known,
    hurry: async ({ node, provider }) => workers.get(provider)?.hurry(node),
    drain: async (graceMs) => {
      delivery.keepAll();
      await Promise.all([...workers.values()].map((worker) => worker.close(graceMs)));
    },
    close: async () => {
      await Promise.all([outbox.close(), shared.backlogs.close(), dispatcher.close()]);
    },
  };
}

/** What all providers have in common. */
interface Shared {
  readonly backlogs: Backlogs;
  readonly latest: Latest;
  readonly rateGuard: RateGuard;
}

/** What each provider has of its own: none delays another. */
interface Lane {
  readonly provider: ProviderBreaker;
  readonly pace: Pace;
  readonly refusals: Refusals;
}

function createLane(name: string, guard: ProviderGuard, { log, timing, inFlight, guards }: DeliveryParts): Lane {
  const pace = new Pace(Math.min(mostAtOnce, Math.floor((inFlight / guards.size) * waitingPart)));
  const provider = new ProviderBreaker(guard, { name, log, timing, onOpen: () => pace.restart() });
  return { provider, pace, refusals: new Refusals() };
}

interface WorkerParts {
  readonly parts: DeliveryParts;
  readonly shared: Shared;
  readonly dispatcher: Dispatcher;
}

function createWorker(provider: string, lane: Lane, { parts, shared, dispatcher }: WorkerParts): Worker {
  const { store, timing, log, measurements, feed } = parts;
  const { pace, refusals } = lane;
  const retrial = new Retrial({ dispatcher, pace, refusals, ...shared, timing, log, feed });
  return new Worker({ provider, store, ...shared, breaker: lane.provider.breaker, pace, retrial, timing, measurements, log });
}

function mapValues<T, U>(map: ReadonlyMap<string, T>, build: (value: T, key: string) => U): ReadonlyMap<string, U> {
  return new Map([...map].map(([key, value]) => [key, build(value, key)]));
}

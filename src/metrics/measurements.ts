import { Counter, Histogram, type Registry as Scrape } from 'prom-client';

/** From a push service round the corner to the latest moment at which a publish is answered. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** What the labels may be, as far as it is known from the start: these series begin at 0, so that the first event counts. */
const answers = ['result', 'item-not-found', 'internal-server-error', 'bad-request'] as const;
const outcomes = ['accepted', 'gone', 'rejected', 'retry'] as const;
const results = ['completed', 'bad-request', 'forbidden', 'internal-server-error', 'item-not-found', 'not-allowed', 'resource-constraint'];

const statelessEnds = ['accepted', 'throttled', 'replaced', 'dead', 'temporary', 'refused'] as const;

const localEnds = ['delivered', 'fallen-back'] as const;

const deferredEnds = ['delivered', 'expired', 'replaced', 'gone', 'dropped'] as const;

/** Where the rooms count what happens. No method throws; labels are words of ours, never a token, JID or node. */
export interface Measurements {
  /** A publish was answered with a result or an error of this condition. */
  published(answer: string, seconds: number): void;
  /** A push came to its outcome; without `seconds` it never reached the provider. */
  pushed(provider: string, outcome: (typeof outcomes)[number], seconds?: number): void;
  /** A push service called a token dead, believed or not. */
  tokenDead(provider: string): void;
  /** A push that its provider did not take now was committed to the database. */
  deferred(provider: string): void;
  /** It waits no more, or so many of them. */
  deferredEnded(provider: string, end: (typeof deferredEnds)[number], count?: number): void;
  /** A command that registers or unregisters was `completed`, or refused with this condition. */
  registered(command: string, result: string): void;
  /** A publish in a dialect without registration came to this end. */
  stateless(dialect: string, end: (typeof statelessEnds)[number]): void;
  /** A push to a device that is connected was acknowledged by it in time, or left to its push service. */
  localPush(provider: string, end: (typeof localEnds)[number]): void;
}

export interface Labels {
  /** Provider ids. */
  readonly providers: readonly string[];
  /** Nodes of the commands that register and unregister devices. */
  readonly commands: readonly string[];
  /** Dialects without registration that are answered. */
  readonly statelessDialects?: readonly string[] | undefined;
  /** Provider ids whose devices may be connected. */
  readonly localProviders?: readonly string[] | undefined;
}

/** The counters and histograms of `scrape`, all of them at 0. */
export function createMeasurements(scrape: Scrape, labels: Labels): Measurements {
  const registers = [scrape];
  const publishes = new Counter({
    name: 'reveille_publishes_total',
    help: 'Publishes by answer: result, or the condition of the error.',
    labelNames: ['answer'],
    registers,
  });
  const answerSeconds = new Histogram({
    name: 'reveille_answer_seconds',
    help: 'Time from a publish coming in to its answer.',
    buckets: seconds,
    registers,
  });
  const pushes = createPushMeasurements(registers, labels.providers);
  const deferrals = createDeferrals(registers, labels.providers);
  const registered = createRegistrations(registers, labels.commands);
  for (const answer of answers) publishes.inc({ answer }, 0);
  return {
    published: (answer, took) => {
      publishes.inc({ answer });
      answerSeconds.observe(took);
    },
    ...pushes,
    ...deferrals,
    registered,
    stateless: createStateless(registers, labels.statelessDialects ?? []),
    localPush: createLocalPush(registers, labels.localProviders ?? []),
  };
}

function createPushMeasurements(registers: Scrape[], providers: readonly string[]): Pick<Measurements, 'pushed' | 'tokenDead'> {
  const pushes = new Counter({
    name: 'reveille_pushes_total',
    help: 'Pushes by outcome: accepted, gone (the token is dead), rejected (the push or our credentials), retry (failed for now).',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const pushSeconds = new Histogram({
    name: 'reveille_push_seconds',
    help: 'Time a provider took for a push.',
    labelNames: ['provider'],
    buckets: seconds,
    registers,
  });
  const dead = new Counter({
    name: 'reveille_dead_tokens_total',
    help: 'Device tokens that the push service called dead, whether or not it was believed.',
    labelNames: ['provider'],
    registers,
  });
  for (const provider of providers) {
    for (const outcome of outcomes) pushes.inc({ provider, outcome }, 0);
    pushSeconds.zero({ provider });
    dead.inc({ provider }, 0);
  }
  return {
    pushed: (provider, outcome, took) => {
      pushes.inc({ provider, outcome });
      if (took !== undefined) pushSeconds.observe({ provider }, took);
    },
    tokenDead: (provider) => dead.inc({ provider }),
  };
}

function createDeferrals(registers: Scrape[], providers: readonly string[]): Pick<Measurements, 'deferred' | 'deferredEnded'> {
  const deferred = new Counter({
    name: 'reveille_deferred_total',
    help: 'Pushes committed to the database, to be tried later.',
    labelNames: ['provider'],
    registers,
  });
  const ended = new Counter({
    name: 'reveille_deferred_ended_total',
    help: 'Waiting pushes that this instance brought to an end: delivered, expired, replaced (a newer one had arrived), gone (the token is dead), dropped (refused time and again).',
    labelNames: ['provider', 'end'],
    registers,
  });
  for (const provider of providers) {
    deferred.inc({ provider }, 0);
    for (const end of deferredEnds) ended.inc({ provider, end }, 0);
  }
  return {
    deferred: (provider) => deferred.inc({ provider }),
    deferredEnded: (provider, end, count = 1) => ended.inc({ provider, end }, count),
  };
}

function createRegistrations(registers: Scrape[], commands: readonly string[]): Measurements['registered'] {
  const registrations = new Counter({
    name: 'reveille_registrations_total',
    help: 'Commands that register or unregister a device, by result: completed, or the condition of the error.',
    labelNames: ['command', 'result'],
    registers,
  });
  for (const command of commands) for (const result of results) registrations.inc({ command, result }, 0);
  return (command, result) => registrations.inc({ command, result });
}

function createStateless(registers: Scrape[], dialects: readonly string[]): Measurements['stateless'] {
  const publishes = new Counter({
    name: 'reveille_stateless_publishes_total',
    help: 'Publishes to device tokens that nobody registered, by what came of them: accepted, throttled (waits for its turn), replaced (took the place of one that waited), dead, temporary, refused.',
    labelNames: ['dialect', 'end'],
    registers,
  });
  for (const dialect of dialects) for (const end of statelessEnds) publishes.inc({ dialect, end }, 0);
  return (dialect, end) => publishes.inc({ dialect, end });
}

function createLocalPush(registers: Scrape[], providers: readonly string[]): Measurements['localPush'] {
  const pushes = new Counter({
    name: 'reveille_local_pushes_total',
    help: 'Pushes to connected devices: delivered (acknowledged in time), fallen-back (left to the push service).',
    labelNames: ['provider', 'end'],
    registers,
  });
  for (const provider of providers) for (const end of localEnds) pushes.inc({ provider, end }, 0);
  return (provider, end) => pushes.inc({ provider, end });
}

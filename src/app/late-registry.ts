import type { Log } from '../log/log.ts';
import type { CredentialStore } from '../registry/credentials/credential-store.ts';
import type { DeferredStore } from '../registry/deferred/deferred-store.ts';
import type { OpenRegistry, OpenRegistryOptions } from '../registry/open.ts';
import { DatabaseUnavailable } from '../registry/registry.ts';
import { withLimit } from '../base/limit.ts';
import { awaitDatabase } from './await-database.ts';

/** An attempt to connect to a server that says nothing takes longer; whoever wants to end does not wait for it. */
const attemptLimitMs = 2_000;
/** An embedded server that is being started has to be stopped again. */
const embeddedLimitMs = 20_000;

export interface OpeningSteps {
  /** Runs when the database is there, and before all others may use it; the credentials can be asked for already. */
  readonly prepare: () => Promise<void>;
  /** Hears of each attempt that failed. */
  readonly onAway: () => void;
}

/**
 * A registry to hand out before its database is there: until then every request rejects with `DatabaseUnavailable`, as it
 * does while the database is away later. So no room needs to know that the program may begin without one.
 */
export interface LateRegistry extends OpenRegistry {
  /**
   * Waits for the database; settles when it is there and everything goes through. Rejects with what no waiting heals, and when
   * stopped before. Called once.
   */
  open(steps: OpeningSteps): Promise<void>;
  /** Ends the waiting; a registry that is open stays so until it is closed. */
  stop(): Promise<void>;
}

/** Opens nothing yet. Whoever created it closes it. */
export function createLateRegistry(options: OpenRegistryOptions, log: Log): LateRegistry {
  const stopping = new AbortController();
  const stopped = Promise.withResolvers<never>();
  // Where it is stopped before it was to be opened, nobody hears of it.
  stopped.promise.catch(() => undefined);
  let credentials: CredentialStore | undefined;
  let registry: OpenRegistry | undefined;
  let attempts: Promise<OpenRegistry | undefined> = Promise.resolve(undefined);

  function open({ prepare, onAway }: OpeningSteps): Promise<void> {
    const opening = awaitDatabase(options, log, { signal: stopping.signal, onAway });
    attempts = opening.catch(() => undefined);
    return Promise.race([opening.then((opened) => admit(opened, prepare)), stopped.promise]);
  }

  async function admit(opened: OpenRegistry, prepare: OpeningSteps['prepare']): Promise<void> {
    credentials = opened.credentials;
    await prepare();
    registry = opened;
  }

  function stop(): Promise<void> {
    const late = new DatabaseUnavailable('stopped before the database was there');
    stopping.abort(late);
    stopped.reject(late);
    return Promise.resolve();
  }

  async function close(): Promise<void> {
    await stop();
    const closed = attempts.then((opened) => opened?.close());
    const limitMs = options.url === undefined ? embeddedLimitMs : attemptLimitMs;
    const isDecided = await withLimit(attempts, limitMs).then(
      () => true,
      () => false,
    );
    if (isDecided) await closed;
    // A connection that comes too late is closed all the same; how that ends concerns nobody any more.
    else closed.catch(() => undefined);
  }

  const canKeep = options.key !== undefined;
  return {
    ...delegate(() => demand(registry)),
    touch: (device) => registry?.touch(device),
    credentials: delegateCredentials(() => demand(credentials), canKeep),
    open,
    stop,
    close,
  };
}

function demand<T>(opened: T | undefined): T {
  if (opened === undefined) throw new DatabaseUnavailable('the database has not been there since the start');
  return opened;
}

type Delegated = Omit<OpenRegistry, 'touch' | 'credentials' | 'close'>;

/** Whatever `registry` throws is a rejection. */
function delegate(registry: () => OpenRegistry): Delegated {
  return {
    register: async (registration) => registry().register(registration),
    unregister: async (key) => registry().unregister(key),
    unregisterToken: async (key) => registry().unregisterToken(key),
    unregisterHandle: async (key) => registry().unregisterHandle(key),
    lookup: (node, publisher, accepts) => rejecting(() => registry().lookup(node, publisher, accepts)),
    forget: async (provider, token, since) => registry().forget(provider, token, since),
    note: async (node, note) => registry().note(node, note),
    count: async (filter) => registry().count(filter),
    countDialects: async () => registry().countDialects(),
    countDomains: async (limit) => registry().countDomains(limit),
    list: async (filter, page) => registry().list(filter, page),
    remove: async (filter, limit) => registry().remove(filter, limit),
    prove: async (proof) => registry().prove(proof),
    listProofs: async (key) => registry().listProofs(key),
    ping: async () => registry().ping(),
    deferred: delegateDeferred(() => registry().deferred),
    watchDevices: (onChange) => registry().watchDevices(onChange),
    wire: { hear: async (handlers) => registry().wire.hear(handlers), say: async (texts) => registry().wire.say(texts) },
  };
}

/** As an async function does it, but without a promise around the promise: every publish comes here. */
function rejecting<T>(work: () => T | Promise<T>): T | Promise<T> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error('a request failed', { cause: error }));
  }
}

function delegateDeferred(store: () => DeferredStore): DeferredStore {
  return {
    put: async (pushes) => store().put(pushes),
    claim: async (provider, limit, leaseMs) => store().claim(provider, limit, leaseMs),
    claimOf: async (node, leaseMs) => store().claimOf(node, leaseMs),
    settle: async (pushes) => store().settle(pushes),
    postpone: async (pushes) => store().postpone(pushes),
    supersede: async (delivered) => store().supersede(delivered),
    backlog: async () => store().backlog(),
  };
}

function delegateCredentials(store: () => CredentialStore, canKeep: boolean): CredentialStore {
  return {
    canKeep,
    keep: async (provider, content) => store().keep(provider, content),
    read: async () => store().read(),
    watch: (onChange) => store().watch(onChange),
  };
}

// Room: puts the rooms together; the only place that knows all of them. In: a configuration. Out: a running Reveille, closed by whoever
// started it. May enter: cli.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Examine } from '../admin/routes/doctor.ts';
import { Failures } from '../admin/failures/failures.ts';
import type { AdminServer } from '../admin/server.ts';
import { openAdmin } from './build-admin.ts';
import { buildComponent, messageAdmins } from './build-component.ts';
import { buildPushAppserver } from './build-push-appserver.ts';
import { buildRouter, nameRegistrationCommands } from './build-router.ts';
import { buildLocalPush, joinLocalPush, openOwnListener } from './build-local-push.ts';
import { buildFpush } from './build-fpush.ts';
import { buildPush2, nameStateless } from './build-push2.ts';
import { buildRegistryOptions, reserveOf } from './derived-options.ts';
import { drain } from './drain.ts';
import { createLateRegistry } from './late-registry.ts';
import type { Config } from '../config/config.ts';
import type { Gauges } from '../handlers/administration/statistics.ts';
import { loadHandlers } from '../http/rest/load-handlers.ts';
import { buildRestTools } from '../http/rest/rest-tools.ts';
import { openHttpServer } from '../http/server.ts';
import type { Log } from '../log/log.ts';
import { overhear } from '../log/overheard.ts';
import { buildPseudonyms } from '../log/pseudonyms.ts';
import type { LogLoss } from '../log/sink.ts';
import { createMetrics } from '../metrics/metrics.ts';
import type { Alarm } from '../push/alarm.ts';
import { Certificates } from '../push/credentials/certificates.ts';
import { createCredentialWatch } from '../push/credentials/watch.ts';
import { createDelivery } from '../push/delivery/create-delivery.ts';
import { usualTiming } from '../push/delivery/timing.ts';
import { PushFeed } from '../push/feed/push-feed.ts';
import { closeProviders, loadProviders } from '../push/loading/load-providers.ts';
import { spellToken } from '../push/tokens/spell-token.ts';
import type { Component } from '../xmpp/link/component.ts';

/**
 * How long the XMPP server has to do without us while the database neither opens nor refuses. Longer would cost registrations
 * (ejabberd deletes them while no component is attached), shorter would answer `wait` at a slow start without need.
 */
const attachWithinMs = 3_000;

const noLoss = (): LogLoss => ({ lines: 0, code: undefined });

/** What the process knows and the program can do without. */
export interface AppExtras {
  readonly readLogLoss?: () => LogLoss;
  /** What the status page runs as doctor. */
  readonly examine?: Examine | undefined;
}

/** The running program. */
export interface App {
  readonly httpPort: number;
  /** Local push's own, where it is configured. */
  readonly localPushPort?: number | undefined;
  /** The status page, where it is configured. */
  readonly admin?: Pick<AdminServer, 'port' | 'routes'> | undefined;
  /**
   * Settles when component link and database are there for the first time. Rejects where the database can't be used and no
   * waiting heals that: then the program is of no use, and to be closed.
   */
  readonly ready: Promise<void>;
  /** Answers what is under way, takes nothing new, closes everything; settles within ten seconds. */
  close(): Promise<void>;
}

/**
 * Puts the rooms together and starts them. Settles within seconds, also while the database is away: what needs it is answered
 * as temporary until it is there. Rejects, with nothing left running, where a provider, the port or, soon, the database fails.
 */
export async function startApp(
  config: Config,
  givenLog: Log,
  version: string,
  timing = usualTiming,
  { readLogLoss = noLoss, examine }: AppExtras = {},
): Promise<App> {
  const startedAt = new Date();
  const failures = new Failures();
  const log =
    config.admin === undefined ? givenLog : overhear(givenLog, buildPseudonyms(config.component.secret), (line) => failures.hear(line));
  const feed = config.admin === undefined ? undefined : new PushFeed();
  const undo: (() => Promise<void>)[] = [];
  const close = async () => {
    const failures: unknown[] = [];
    // One that fails keeps none of the others from it: the last of them stops the database.
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const handlers = await loadHandlers(config.http.rest);
    const guards = await loadProviders(config.providers, config.file, log, config.limits.inFlight, reserveOf(config) / 2);
    undo.push(() => closeProviders(guards, log));
    const registry = createLateRegistry(buildRegistryOptions(config), log);
    undo.push(() => registry.close());
    const certificates = new Certificates({ providers: guards, store: registry.credentials, log });
    undo.push(() => certificates.close());
    const metrics = createMetrics({
      providers: [...guards.keys()],
      commands: nameRegistrationCommands(config),
      statelessDialects: (['fpush', 'push2'] as const).filter((dialect) => config.dialects[dialect] !== undefined),
      localProviders: config.localPush?.providers,
    });
    undo.push(() => metrics.close());
    const { measurements } = metrics;
    const alarm: Alarm = (text) => {
      messageAdmins(component, config.component, text);
    };
    const { inFlight } = config.limits;
    const localPush = buildLocalPush(config, { guards, registry, log, measurements, onConnect: (device) => delivery.hurry(device) });
    const rooms = { guards, registry, store: registry.deferred, log, alarm, measurements, feed, local: localPush?.way };
    const delivery = createDelivery({ ...config.delivery, ...rooms, inFlight, timing });
    undo.push(() => delivery.drain(0).then(() => delivery.close()));
    const { providers } = delivery;
    const fpush = buildFpush(config, { guards, delivery, measurements });
    const push2 = buildPush2(config, { guards, delivery, log, measurements });
    const readGauges = (): Gauges => ({
      version,
      startedAt,
      connectionsUp: component.up,
      connections: config.component.connections,
      inFlight: router.inFlight,
    });
    const reserveMs = reserveOf(config);
    const router = buildRouter(config, {
      certificates,
      readGauges,
      guards,
      delivery,
      registry,
      log,
      version,
      measurements,
      reserveMs,
      stateless: fpush,
      offerLocal: localPush && ((device) => localPush.offerTo(device)),
      feed,
      push2,
    });
    const component = buildComponent(config, router, log);
    const tools = buildRestTools({
      component: config.component.jid,
      registry,
      log,
      spellToken: (text) => spellToken(guards.values(), text),
      onUnregister: (command, result) => measurements.registered(command, result),
      pushAppserver: buildPushAppserver(config, { registry, delivery, guards, log, measurements }),
    });
    const { listen, trustProxy } = config.http;
    const credentials = createCredentialWatch({ providers: guards, log, alarm });
    undo.push(() => credentials.close());
    const countConnected = localPush && (() => localPush.connected);
    const health = { component, registry, providers, metrics, readDoubts: () => delivery.dispatcher.doubts, readLogLoss, countConnected };
    const http = await openHttpServer(listen, { ...health, handlers, tools, trustProxy, keeper: localPush?.door }, log);
    undo.push(() => http.close());
    const own = await openOwnListener(config, localPush, log);
    undo.push(() => own?.close() ?? Promise.resolve());
    const watched = { guards, delivery, certificates, registry, metrics, health, localPush };
    const shown = feed && { ...watched, feed, failures, examine, startedAt, version, log };
    const admin = shown && (await openAdmin(config, shown));
    undo.push(
      () => admin?.close() ?? Promise.resolve(),
      () => localPush?.close() ?? Promise.resolve(),
      () => component.close(),
      () => drain({ router, delivery, fpush, localPush, log }),
      () => registry.stop(),
    );
    const away = Promise.withResolvers<undefined>();
    const opened = registry.open({
      prepare: () => certificates.start().then(credentials.check),
      onAway: () => away.resolve(undefined),
    });
    joinLocalPush(localPush, registry, opened);
    metrics.watch(
      {
        ...{ component, providers, deferred: delivery.backlog, logLoss: readLogLoss, stateless: nameStateless({ fpush, push2 }) },
        local: localPush && (() => localPush.status),
      },
      { devices: () => opened.then(() => registry.count()), dialects: () => opened.then(() => registry.countDialects()) },
      log,
    );
    await Promise.race([opened, away.promise, sleep(attachWithinMs, undefined, { ref: false })]);
    component.start();
    return describe(component, opened, { httpPort: http.port, localPushPort: own?.port, admin, close });
  } catch (error) {
    await close();
    throw error;
  }
}

function describe(component: Component, opened: Promise<void>, parts: Omit<App, 'ready'>): App {
  const ready = Promise.all([component.firstUp, opened]).then(() => undefined);
  // Whoever closes it before that need not wait for it.
  ready.catch(() => undefined);
  return { ...parts, ready };
}

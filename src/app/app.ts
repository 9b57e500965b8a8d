// Room: puts the rooms together; the only place that knows all of them. In: a configuration. Out: a running Reveille, closed by whoever
// started it. May enter: cli.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPushAppserver } from './build-push-appserver.ts';
import { buildRouter, nameRegistrationCommands } from './build-router.ts';
import { buildLocalPush, joinLocalPush } from './build-local-push.ts';
import { buildFpush } from './build-fpush.ts';
import { drain } from './drain.ts';
import { createLateRegistry } from './late-registry.ts';
import type { Config } from '../config/config.ts';
import { buildAdminMessage } from '../handlers/administration/admin-message.ts';
import type { Gauges } from '../handlers/administration/statistics.ts';
import { loadHandlers } from '../http/rest/load-handlers.ts';
import { buildRestTools } from '../http/rest/rest-tools.ts';
import { openHttpServer } from '../http/server.ts';
import type { HttpServer } from '../http/server.ts';
import type { Log } from '../log/log.ts';
import type { LogLoss } from '../log/sink.ts';
import { createMetrics } from '../metrics/metrics.ts';
import type { Alarm } from '../push/alarm.ts';
import { Certificates } from '../push/credentials/certificates.ts';
import { createCredentialWatch } from '../push/credentials/watch.ts';
import { createDelivery } from '../push/delivery/create-delivery.ts';
import { usualTiming } from '../push/delivery/timing.ts';
import { closeProviders, loadProviders } from '../push/loading/load-providers.ts';
import { spellToken } from '../push/tokens/spell-token.ts';
import type { OpenRegistryOptions } from '../registry/open.ts';
import { Component } from '../xmpp/link/component.ts';
import type { Router } from '../xmpp/routing/router.ts';

/**
 * How long the XMPP server has to do without us while the database neither opens nor refuses. Longer would cost registrations
 * (ejabberd deletes them while no component is attached), shorter would answer `wait` at a slow start without need.
 */
const attachWithinMs = 3_000;

const noLoss = (): LogLoss => ({ lines: 0, code: undefined });

/** The running program. */
export interface App {
  readonly httpPort: number;
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
  log: Log,
  version: string,
  timing = usualTiming,
  readLogLoss: () => LogLoss = noLoss,
): Promise<App> {
  const startedAt = new Date();
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
      statelessDialects: config.dialects.fpush && ['fpush'],
      localProviders: config.localPush?.providers,
    });
    undo.push(() => metrics.close());
    const { measurements } = metrics;
    const alarm: Alarm = (text) => {
      messageAdmins(component, config.component, text);
    };
    const { inFlight } = config.limits;
    const localPush = buildLocalPush(config, { guards, registry, log, measurements, onConnect: (device) => delivery.hurry(device) });
    const rooms = { guards, registry, store: registry.deferred, log, alarm, measurements, local: localPush?.way };
    const delivery = createDelivery({ ...config.delivery, ...rooms, inFlight, timing });
    undo.push(() => delivery.drain(0).then(() => delivery.close()));
    const { providers } = delivery;
    const fpush = buildFpush(config, { guards, delivery, measurements });
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
    const http = await openHttpServer(
      listen,
      {
        ...{ component, registry, providers, metrics, handlers, tools, trustProxy, readLogLoss, keeper: localPush?.door },
        readDoubts: () => delivery.dispatcher.doubts,
        countConnected: localPush && (() => localPush.connected),
      },
      log,
    );
    undo.push(
      () => http.close(),
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
        component,
        providers,
        deferred: delivery.backlog,
        logLoss: readLogLoss,
        stateless: new Map(fpush && [['fpush', fpush]]),
        local: localPush && (() => localPush.status),
      },
      { devices: () => opened.then(() => registry.count()), dialects: () => opened.then(() => registry.countDialects()) },
      log,
    );
    await Promise.race([opened, away.promise, sleep(attachWithinMs, undefined, { ref: false })]);
    component.start();
    return describe(component, opened, http, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Named one by one: the secrets among them are not enumerable, a spread would lose them. */
function buildRegistryOptions({ component, database, limits }: Config): OpenRegistryOptions {
  const { url, dataDir, key, previousKey } = database;
  return { url, dataDir, key, previousKey, secret: component.secret, devicesPerOwner: limits.devicesPerOwner };
}

/** The part of `answer-within` in which what is not decided is stored; half of it a provider has for settling. */
function reserveOf({ delivery }: Config): number {
  return Math.min(2_000, delivery.answerWithinMs / 4);
}

function describe(component: Component, opened: Promise<void>, http: HttpServer, close: () => Promise<void>): App {
  const ready = Promise.all([component.firstUp, opened]).then(() => undefined);
  // Whoever closes it before that need not wait for it.
  ready.catch(() => undefined);
  return { httpPort: http.port, ready, close };
}

function messageAdmins(component: Component, { jid, admins }: Config['component'], text: string): void {
  for (const admin of admins) component.send(buildAdminMessage(jid, admin, text));
}

function buildComponent({ component }: Config, router: Router, log: Log): Component {
  const { jid: domain, server: address, ca, secret, connections } = component;
  return new Component({ domain, address, ca, secret, connections, log }, router);
}

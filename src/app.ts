import type { Config } from './config/config.ts';
import { buildAdminCommands } from './handlers/admin-commands.ts';
import { buildAdminMessage } from './handlers/admin-message.ts';
import type { Command } from './handlers/command.ts';
import { CommandSessions } from './handlers/command-session.ts';
import { buildCommandsRoute } from './handlers/commands.ts';
import { buildDiscoRoutes } from './handlers/disco.ts';
import { pingRoute } from './handlers/ping.ts';
import { buildPublishRoute } from './handlers/publish.ts';
import { buildRegisterDevice } from './handlers/register-device.ts';
import { RegistrationRate } from './handlers/registration-rate.ts';
import type { Gauges } from './handlers/statistics.ts';
import { buildUnregisterDevice } from './handlers/unregister-device.ts';
import { buildVersionRoute } from './handlers/version.ts';
import { watchCommands } from './handlers/watched-commands.ts';
import type { CommandEnd } from './handlers/watched-commands.ts';
import { loadHandlers } from './http/load-handlers.ts';
import { buildRestTools } from './http/rest-tools.ts';
import { openHttpServer } from './http/server.ts';
import type { HttpServer } from './http/server.ts';
import type { Log } from './log.ts';
import type { Measurements } from './metrics/measurements.ts';
import { createMetrics } from './metrics/metrics.ts';
import type { Alarm } from './push/alarm.ts';
import { Certificates } from './push/certificates.ts';
import { createCredentialWatch } from './push/credential-watch.ts';
import { createDelivery, type RunningDelivery } from './push/delivery/create-delivery.ts';
import { usualTiming } from './push/delivery/timing.ts';
import { closeProviders, loadProviders } from './push/load-providers.ts';
import type { ProviderGuard } from './push/provider-guard.ts';
import { openRegistry, type OpenRegistryOptions } from './registry/open.ts';
import type { Registry } from './registry/registry.ts';
import { Component } from './xmpp/component.ts';
import { Router } from './xmpp/router.ts';
import type { Route, RouterOptions } from './xmpp/router.ts';

/** How long pushes under way may take at shutdown; then they are stored, and the rest of the ten seconds is for closing. */
const drainGraceMs = 5_000;
const drainMs = 8_000;

/** The running program. */
export interface App {
  readonly httpPort: number;
  /** Settles when the component link is up for the first time. */
  readonly linkUp: Promise<void>;
  /** Answers what is under way, takes nothing new, closes everything; settles within ten seconds. */
  close(): Promise<void>;
}

/** Puts the rooms together and starts them. Rejects, with nothing left running, where a provider, the database or the port fails. */
export async function startApp(config: Config, log: Log, version: string, timing = usualTiming): Promise<App> {
  const startedAt = new Date();
  const undo: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const handlers = await loadHandlers(config.http.rest);
    const guards = await loadProviders(config.providers, config.file, log, config.limits.inFlight, reserveOf(config) / 2);
    undo.push(() => closeProviders(guards, log));
    const registry = await openRegistry(buildRegistryOptions(config), log);
    undo.push(() => registry.close());
    const certificates = new Certificates({ providers: guards, store: registry.credentials, log });
    undo.push(() => certificates.close());
    await certificates.start();
    const metrics = createMetrics({ providers: [...guards.keys()], commands: registrationCommands });
    undo.push(() => metrics.close());
    const { measurements } = metrics;
    const alarm: Alarm = (text) => {
      messageAdmins(component, config.component, text);
    };
    const { inFlight } = config.limits;
    const rooms = { guards, registry, store: registry.deferred, log, alarm, measurements };
    const delivery = createDelivery({ ...config.delivery, ...rooms, inFlight, timing });
    undo.push(() => delivery.drain(0).then(() => delivery.close()));
    const { providers } = delivery;
    const readGauges = (): Gauges => ({
      version,
      startedAt,
      connectionsUp: component.up,
      connections: config.component.connections,
      inFlight: router.inFlight,
    });
    const router = buildRouter(config, { certificates, readGauges, guards, delivery, registry, log, version, measurements });
    const component = buildComponent(config, router, log);
    const tools = buildRestTools({
      component: config.component.jid,
      registry,
      log,
      onUnregister: (command, result) => measurements.registered(command, result),
    });
    const { listen, trustProxy } = config.http;
    metrics.watch({ component, providers, deferred: delivery.backlog }, () => registry.count(), log);
    const http = await openHttpServer(listen, { component, registry, providers, metrics, handlers, tools, trustProxy }, log);
    undo.push(
      () => http.close(),
      () => component.close(),
      () => drain(router, delivery),
    );
    component.start();
    const credentials = createCredentialWatch({ providers: guards, log, alarm });
    undo.push(() => credentials.close());
    return describe(component, http, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** New pushes and waiting ones at the same time: both have seconds. */
async function drain(router: Router, delivery: RunningDelivery): Promise<void> {
  await Promise.all([router.drain(drainGraceMs, drainMs), delivery.drain(drainGraceMs)]);
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

function describe(component: Component, http: HttpServer, close: () => Promise<void>): App {
  return { httpPort: http.port, linkUp: component.firstUp, close };
}

interface Parts {
  readonly guards: ReadonlyMap<string, ProviderGuard>;
  readonly delivery: RunningDelivery;
  readonly certificates: Certificates;
  readonly registry: Registry;
  readonly log: Log;
  readonly version: string;
  readonly measurements: Measurements;
  readonly readGauges: () => Gauges;
}

function buildRouter(config: Config, parts: Parts): Router {
  const { guards: providers, registry, log, version, measurements, readGauges, certificates } = parts;
  const { dispatcher, delivery } = parts.delivery;
  const { admins, jid: domain } = config.component;
  const { answerWithinMs } = config.delivery;
  const publishRoute = buildPublishRoute({ registry, delivery, publishers: config.component.publishers });
  const adminCommands = buildAdminCommands({ registry, dispatcher, providers, certificates, readGauges, admins, domain, answerWithinMs });
  const routes = [publishRoute, ...buildServiceRoutes(config, registry, version, adminCommands, buildCommandWatch(log, measurements))];
  const onAnswer: RouterOptions['onAnswer'] = (route, answer, seconds) => {
    if (route === publishRoute) measurements.published(answer, seconds);
  };
  return new Router({ routes, answerWithinMs, reserveMs: reserveOf(config), inFlight: config.limits.inFlight, log, onAnswer });
}

/** The commands that register and unregister devices. */
const registrationCommands = ['register-device', 'unregister-device'];

function buildCommandWatch(log: Log, measurements: Measurements): (end: CommandEnd) => void {
  return ({ command, result, stanza, from }) => {
    log[result === 'completed' ? 'info' : 'debug']('command', { stanza, command, result, from });
    if (command !== undefined && registrationCommands.includes(command)) measurements.registered(command, result);
  };
}

function buildServiceRoutes(
  { component, limits, providers }: Config,
  registry: Registry,
  version: string,
  adminCommands: readonly Command[],
  onCommand: (end: CommandEnd) => void,
): readonly Route[] {
  const { jid, admins, registrants, secret } = component;
  const providerIds = providers.map(({ id }) => id);
  const rate = new RegistrationRate(limits.registrationsPerMinute);
  const commands = [
    buildRegisterDevice({ registry, providerIds, registrants, rate }),
    buildUnregisterDevice({ registry, providerIds, registrants }),
    ...adminCommands,
  ];
  const disco = buildDiscoRoutes({ domain: jid, providerIds, commands, admins });
  const nodes = commands.map(({ node }) => node);
  const commandsRoute = watchCommands(buildCommandsRoute(commands, new CommandSessions(secret)), nodes, onCommand);
  return [commandsRoute, ...disco, buildVersionRoute(version), pingRoute];
}

function messageAdmins(component: Component, { jid, admins }: Config['component'], text: string): void {
  for (const admin of admins) component.send(buildAdminMessage(jid, admin, text));
}

function buildComponent({ component }: Config, router: Router, log: Log): Component {
  const { jid: domain, server: address, ca, secret, connections } = component;
  return new Component({ domain, address, ca, secret, connections, log }, router);
}

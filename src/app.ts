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
import { Dispatcher } from './push/dispatcher.ts';
import { closeProviders, loadProviders } from './push/load-providers.ts';
import type { Provider } from './push/provider.ts';
import { openRegistry, type OpenRegistryOptions } from './registry/open.ts';
import type { Registry } from './registry/registry.ts';
import { Component } from './xmpp/component.ts';
import { Router } from './xmpp/router.ts';
import type { Route, RouterOptions } from './xmpp/router.ts';

/** How long requests under way may take at shutdown; the rest of the ten seconds is for closing. */
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
export async function startApp(config: Config, log: Log, version: string): Promise<App> {
  const startedAt = new Date();
  const undo: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const handlers = await loadHandlers(config.http.rest);
    const providers = await loadProviders(config.providers, config.file, log, config.limits.inFlight);
    undo.push(() => closeProviders(providers, log));
    const registry = await openRegistry(buildRegistryOptions(config), log);
    undo.push(() => registry.close());
    const certificates = new Certificates({ providers, store: registry.credentials, log });
    undo.push(() => certificates.close());
    await certificates.start();
    const metrics = createMetrics({ providers: [...providers.keys()], commands: registrationCommands });
    undo.push(() => metrics.close());
    const { measurements } = metrics;
    const alarm: Alarm = (text) => {
      messageAdmins(component, config.component, text);
    };
    const readGauges = (): Gauges => ({
      version,
      startedAt,
      connectionsUp: component.up,
      connections: config.component.connections,
      inFlight: router.inFlight,
    });
    const router = buildRouter(config, { certificates, readGauges, providers, registry, log, version, alarm, measurements });
    const component = buildComponent(config, router, log);
    const tools = buildRestTools({
      component: config.component.jid,
      registry,
      log,
      onUnregister: (command, result) => measurements.registered(command, result),
    });
    const { listen, trustProxy } = config.http;
    // Pushes are not deferred yet: none waits.
    metrics.watch({ component, providers, deferred: () => new Map() }, () => registry.count(), log);
    const http = await openHttpServer(listen, { component, registry, providers, metrics, handlers, tools, trustProxy }, log);
    undo.push(
      () => http.close(),
      () => component.close(),
      () => router.drain(drainMs),
    );
    component.start();
    const credentials = createCredentialWatch({ providers, log, alarm });
    undo.push(() => credentials.close());
    return describe(component, http, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Named one by one: the secrets among them are not enumerable, a spread would lose them. */
function buildRegistryOptions({ database, limits }: Config): OpenRegistryOptions {
  const { url, dataDir, key, previousKey } = database;
  return { url, dataDir, key, previousKey, devicesPerOwner: limits.devicesPerOwner };
}

function describe(component: Component, http: HttpServer, close: () => Promise<void>): App {
  return { httpPort: http.port, linkUp: component.firstUp, close };
}

interface Parts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly certificates: Certificates;
  readonly registry: Registry;
  readonly log: Log;
  readonly version: string;
  readonly alarm: Alarm;
  readonly measurements: Measurements;
  readonly readGauges: () => Gauges;
}

function buildRouter(config: Config, parts: Parts): Router {
  const { providers, registry, log, version, measurements, readGauges, certificates } = parts;
  const { admins, jid: domain } = config.component;
  const { answerWithinMs, defaultTtlMs, voipTtlMs } = config.delivery;
  const dispatcher = new Dispatcher({ ...parts, defaultTtlMs, voipTtlMs });
  const publishRoute = buildPublishRoute({ registry, dispatcher, publishers: config.component.publishers });
  const adminCommands = buildAdminCommands({ registry, dispatcher, providers, certificates, readGauges, admins, domain, answerWithinMs });
  const routes = [publishRoute, ...buildServiceRoutes(config, registry, version, adminCommands, buildCommandWatch(log, measurements))];
  const onAnswer: RouterOptions['onAnswer'] = (route, answer, seconds) => {
    if (route === publishRoute) measurements.published(answer, seconds);
  };
  return new Router({ routes, answerWithinMs, inFlight: config.limits.inFlight, log, onAnswer });
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

import type { Config } from '../config/config.ts';
import { buildAdminCommands } from '../handlers/administration/admin-commands.ts';
import type { Command } from '../handlers/commands/command.ts';
import { CommandSessions } from '../handlers/commands/session.ts';
import type { Push2 } from '../handlers/dialects/push2/push2.ts';
import { buildPushCommands, namePushCommands } from '../handlers/dialects/register-push/register-push.ts';
import { buildCommandsRoute } from '../handlers/commands/commands.ts';
import type { CheckToken } from '../handlers/registration/device-fields.ts';
import { buildModPushAppserver, nameModPushAppserverCommands } from '../handlers/dialects/mod-push-appserver/commands.ts';
import { buildDiscoRoutes } from '../handlers/disco/disco.ts';
import { pingRoute } from '../handlers/disco/ping.ts';
import { ns } from '../handlers/namespaces.ts';
import { buildPublishRoute } from '../handlers/publish/publish.ts';
import type { Stateless } from '../handlers/publish/stateless.ts';
import { buildRegisterDevice } from '../handlers/registration/register-device.ts';
import type { OfferLocal } from '../handlers/registration/local-offer.ts';
import { RegistrationRate } from '../handlers/registration/rate.ts';
import type { Gauges } from '../handlers/administration/statistics.ts';
import { buildUnregisterDevice } from '../handlers/registration/unregister-device.ts';
import { buildVersionRoute } from '../handlers/disco/version.ts';
import { watchCommands } from '../handlers/commands/watched.ts';
import type { CommandEnd } from '../handlers/commands/watched.ts';
import type { Log } from '../log/log.ts';
import type { Measurements } from '../metrics/measurements.ts';
import type { Certificates } from '../push/credentials/certificates.ts';
import type { RunningDelivery } from '../push/delivery/create-delivery.ts';
import type { PushFeed } from '../push/feed/push-feed.ts';
import type { ProviderGuard } from '../push/guard/provider-guard.ts';
import type { Registry } from '../registry/registry.ts';
import { Router } from '../xmpp/routing/router.ts';
import type { Route, RouterOptions } from '../xmpp/routing/router.ts';

/** What stanzas are answered with. */
export interface RouterParts {
  readonly guards: ReadonlyMap<string, ProviderGuard>;
  readonly delivery: RunningDelivery;
  readonly certificates: Certificates;
  readonly registry: Registry;
  readonly log: Log;
  readonly version: string;
  readonly measurements: Measurements;
  /** What devices are told at registration that may be connected to us. */
  readonly offerLocal: OfferLocal | undefined;
  readonly readGauges: () => Gauges;
  /** Who answers for nodes that nobody registered. */
  readonly stateless: Stateless | undefined;
  readonly feed?: PushFeed | undefined;
  /** Who relays what servers encrypted themselves. */
  readonly push2: Push2 | undefined;
  /** See {@link RouterOptions}. */
  readonly reserveMs: number;
}

/** Every stanza that is answered, and by whom. */
export function buildRouter(config: Config, parts: RouterParts): Router {
  const { guards: providers, registry, log, version, measurements, readGauges, certificates } = parts;
  const { dispatcher, delivery } = parts.delivery;
  const { admins, jid: domain } = config.component;
  const { answerWithinMs } = config.delivery;
  const { publishers } = config.component;
  const publishRoute = buildPublishRoute({ registry, delivery, publishers, stateless: parts.stateless, feed: parts.feed });
  const adminCommands = buildAdminCommands({ registry, dispatcher, providers, certificates, readGauges, admins, domain, answerWithinMs });
  const routes = [
    publishRoute,
    ...(parts.push2 === undefined ? [] : [parts.push2.route]),
    ...buildServiceRoutes(
      config,
      { registry, version, providers, offerLocal: parts.offerLocal },
      adminCommands,
      buildCommandWatch(config, log, measurements),
    ),
  ];
  const onAnswer: RouterOptions['onAnswer'] = (route, answer, seconds) => {
    if (route === publishRoute) measurements.published(answer, seconds);
  };
  return new Router({ routes, answerWithinMs, reserveMs: parts.reserveMs, inFlight: config.limits.inFlight, log, onAnswer });
}

/** The commands that register and unregister devices. */
export function nameRegistrationCommands({ dialects }: Pick<Config, 'dialects'>): readonly string[] {
  return [
    'register-device',
    'unregister-device',
    ...namePushCommands(dialects),
    ...nameModPushAppserverCommands(dialects.modPushAppserver),
  ];
}

function buildCommandWatch(config: Config, log: Log, measurements: Measurements): (end: CommandEnd) => void {
  const registrationCommands = nameRegistrationCommands(config);
  return ({ command, result, stanza, from }) => {
    log[result === 'completed' ? 'info' : 'debug']('command', { stanza, command, result, from });
    if (command !== undefined && registrationCommands.includes(command)) measurements.registered(command, result);
  };
}

/** A provider that there is not takes every text for a token. */
export function buildCheckToken(guards: RouterParts['guards']): CheckToken {
  return (provider, text) => guards.get(provider)?.checkToken(text) ?? { kind: 'token', token: text };
}

function buildServiceRoutes(
  { component, limits, providers, dialects }: Config,
  {
    registry,
    version,
    providers: guards,
    offerLocal,
  }: Pick<RouterParts, 'registry' | 'version' | 'offerLocal'> & { readonly providers: RouterParts['guards'] },
  adminCommands: readonly Command[],
  onCommand: (end: CommandEnd) => void,
): readonly Route[] {
  const { jid, admins, registrants, secret } = component;
  const providerIds = providers.map(({ id }) => id);
  const checkToken = buildCheckToken(guards);
  const rate = new RegistrationRate(limits.registrationsPerMinute);
  const registration = { registry, domain: jid, registrants, rate, checkToken, offerLocal };
  const commands = [
    buildRegisterDevice({ registry, providerIds, registrants, rate, checkToken, offerLocal }),
    buildUnregisterDevice({ registry, providerIds, registrants, checkToken }),
    ...buildPushCommands({ ...registration, dialects }),
    ...buildModPushAppserver({ ...registration, providers: dialects.modPushAppserver }),
    ...adminCommands,
  ];
  const features = dialects.push2 === undefined ? [] : [ns.push2];
  const disco = buildDiscoRoutes({ domain: jid, providerIds, commands, features, admins });
  const nodes = commands.map(({ node }) => node);
  const commandsRoute = watchCommands(buildCommandsRoute(commands, new CommandSessions(secret)), nodes, onCommand);
  return [commandsRoute, ...disco, buildVersionRoute(version), pingRoute];
}

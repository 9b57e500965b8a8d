import type { Registry as Scrape } from 'prom-client';
import type { LogLoss } from '../log/sink.ts';
import type { ProviderStatus } from '../push/provider/provider.ts';
import { localSeries, type LocalConnections } from './local-series.ts';
import { addSeries, type Series } from './series.ts';

/** Pushes that wait for another try. */
export interface Deferred {
  readonly count: number;
  readonly oldestSeconds: number;
}

/** What there is to read at the moment of a scrape; all of it at once, without asking anybody. */
export interface States {
  readonly component: { readonly up: number; readonly reconnects: number };
  readonly providers: ReadonlyMap<string, { status(): ProviderStatus; readonly inFlight?: number }>;
  /** By provider; one that is not in there has none. */
  readonly deferred: () => ReadonlyMap<string, Deferred>;
  readonly logLoss?: () => LogLoss;
  /** By dialect: what is remembered of device tokens that nobody registered. */
  readonly stateless?: ReadonlyMap<string, { readonly status: { readonly waiting: number; readonly deadTokens: number } }>;
  /** Devices that are connected, here by transport; absent where none may be. */
  readonly local?: (() => LocalConnections) | undefined;
  readonly devices: () => ReadonlyMap<string, number>;
  readonly dialects: () => ReadonlyMap<string, number>;
}

/** Puts what is read at each scrape into `scrape`. A series that can't be read is left out; the others are there. */
export function addStates(scrape: Scrape, states: States): void {
  for (const series of [
    ...linkSeries(states),
    ...providerSeries(states),
    ...statusSeries(states),
    ...statelessSeries(states),
    ...localSeries(states.local),
  ])
    addSeries(scrape, series);
}

function linkSeries({ component, logLoss }: States): readonly Series[] {
  return [
    {
      name: 'reveille_component_up',
      help: 'Connections to the XMPP server that are up.',
      read: () => [[{}, component.up]],
    },
    {
      name: 'reveille_component_reconnects_total',
      help: 'Times that a connection to the XMPP server came up again.',
      counts: true,
      read: () => [[{}, component.reconnects]],
    },
    {
      name: 'reveille_log_lines_lost_total',
      help: 'Lines of the log that could not be written: its reader is gone or stands still, or the disk is full.',
      counts: true,
      read: () => [[{}, logLoss?.().lines ?? 0]],
    },
  ];
}

function providerSeries({ providers, deferred, devices, dialects }: States): readonly Series[] {
  const labels = ['provider'];
  const each = (value: (id: string) => number) => [...providers.keys()].map((provider) => [{ provider }, value(provider)] as const);
  return [
    {
      name: 'reveille_in_flight',
      help: 'Pushes that a provider was given and has not settled.',
      labels,
      read: () => each((id) => providers.get(id)?.inFlight ?? 0),
    },
    {
      name: 'reveille_deferred',
      help: 'Pushes that wait for another try.',
      labels,
      read: () => each((id) => deferred().get(id)?.count ?? 0),
    },
    {
      name: 'reveille_deferred_oldest_seconds',
      help: 'How long the push has waited that waits longest.',
      labels,
      read: () => each((id) => deferred().get(id)?.oldestSeconds ?? 0),
    },
    {
      name: 'reveille_devices',
      help: 'Registered devices, counted at most once a minute; also those of providers that are no longer configured.',
      labels,
      read: () => [...each(() => 0), ...[...devices()].map(([provider, count]) => [{ provider }, count] as const)],
    },
    {
      name: 'reveille_dialect_devices',
      help: 'The same devices by the app server that their apps were made for: tigase is this program itself.',
      labels: ['dialect'],
      read: () => [[{ dialect: 'tigase' }, 0], ...[...dialects()].map(([dialect, count]) => [{ dialect }, count] as const)],
    },
  ];
}

function statusSeries({ providers }: States): readonly Series[] {
  const labels = ['provider'];
  const each = (value: (status: ProviderStatus) => number | undefined) =>
    readStatuses(providers).flatMap(([provider, status]) => {
      const number = value(status);
      return number === undefined ? [] : [[{ provider }, number] as const];
    });
  return [
    {
      name: 'reveille_provider_ready',
      help: '1 while pushes have a chance: the credentials are there, valid and not refused by the push service.',
      labels,
      read: () => each(({ ready }) => (ready ? 1 : 0)),
    },
    {
      name: 'reveille_http2_sessions',
      help: 'Connections to the push service that are open.',
      labels,
      read: () => each(({ sessions }) => sessions),
    },
    {
      name: 'reveille_http2_goaways_total',
      help: 'Connections that the push service ended (GOAWAY), by the reason it gave.',
      counts: true,
      labels: ['provider', 'reason'],
      read: () =>
        readStatuses(providers).flatMap(([provider, { goaways = new Map<string, number>() }]) =>
          [...goaways].map(([reason, count]) => [{ provider, reason }, count] as const),
        ),
    },
    {
      name: 'reveille_credential_expiry_timestamp_seconds',
      help: 'When the credential of a provider that ends first stops working, in seconds since 1970; absent where none ends.',
      labels,
      read: () => each(({ credentialExpiresAt: end }) => end && end.getTime() / 1000),
    },
  ];
}

function statelessSeries({ stateless = new Map() }: States): readonly Series[] {
  const labels = ['dialect'];
  return [
    {
      name: 'reveille_stateless_waiting',
      help: 'Pushes to device tokens that nobody registered, waiting in memory for their turn.',
      labels,
      read: () => [...stateless].map(([dialect, { status }]) => [{ dialect }, status.waiting] as const),
    },
    {
      name: 'reveille_stateless_dead_tokens',
      help: 'Device tokens that nobody registered and that are remembered as dead.',
      labels,
      read: () => [...stateless].map(([dialect, { status }]) => [{ dialect }, status.deadTokens] as const),
    },
  ];
}

function readStatuses(providers: States['providers']): readonly (readonly [id: string, status: ProviderStatus])[] {
  return [...providers].flatMap(([id, provider]) => {
    try {
      return [[id, provider.status()] as const];
    } catch {
      // A third party's; behind a guard it does not throw, and the guard tells of it.
      return [];
    }
  });
}

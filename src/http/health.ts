import type { LogLoss } from '../log/sink.ts';
import type { Provider } from '../push/provider/provider.ts';
import { DatabaseUnavailable, type Registry } from '../registry/registry.ts';
import type { Component } from '../xmpp/link/component.ts';

export interface HealthParts {
  readonly component: Component;
  readonly registry: Registry;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly metrics: Scrape;
  /** By provider, in words for an administrator. */
  readonly readDoubts?: () => ReadonlyMap<string, string>;
  readonly readLogLoss?: () => LogLoss;
  /** Devices that are connected to this instance; absent where none may be. */
  readonly countConnected?: (() => number) | undefined;
}

/** Where the text of a scrape comes from. */
export interface Scrape {
  readonly contentType: string;
  render(): Promise<string>;
}

/** What `/readyz` says; each part is `ok`, or says in words why it is not. */
export interface Readiness {
  readonly isReady: boolean;
  readonly component: string;
  readonly database: string;
  readonly providers: Readonly<Record<string, string>>;
  /** What else is to be looked at, by provider; absent where there is nothing. */
  readonly doubts?: Readonly<Record<string, string>>;
  /** Present while the log can't be written. */
  readonly log?: string;
  /** Devices that are connected to this instance, where local push is on. */
  readonly connected?: number;
}

/** Ready: the component link is up, the database answers, and at least one provider has working credentials. */
export async function checkReadiness(parts: HealthParts): Promise<Readiness> {
  const { component, registry, providers, readDoubts, readLogLoss, countConnected } = parts;
  const link = component.up > 0 ? 'ok' : (component.trouble ?? 'connecting');
  const database = await registry.ping().then(
    () => 'ok',
    (error: unknown) => (isFullDisk(error) ? error.message : 'does not answer'),
  );
  const states = [...providers].map(([id, provider]) => [id, describe(provider)] as const);
  const isReady = link === 'ok' && database === 'ok' && states.some(([, state]) => state === 'ok');
  const doubts = Object.fromEntries(readDoubts?.() ?? []);
  const doubted = Object.keys(doubts).length > 0 ? { doubts } : {};
  const connected = countConnected === undefined ? {} : { connected: countConnected() };
  const known = { component: link, database, providers: Object.fromEntries(states), ...connected };
  return { isReady, ...known, ...doubted, ...describeLog(readLogLoss?.()) };
}

/** Pushes go on without a log; whoever looks here has to know that there is none. */
function describeLog(loss: LogLoss | undefined): { readonly log?: string } {
  if (loss?.code === undefined) return {};
  return { log: `can't be written (${loss.code}); ${loss.lines} lines are lost` };
}

/** The embedded database then answers, and can't keep anything. */
function isFullDisk(error: unknown): error is DatabaseUnavailable {
  if (!(error instanceof DatabaseUnavailable && error.cause instanceof Error)) return false;
  return 'code' in error.cause && error.cause.code === 'ENOSPC';
}

function describe(provider: Provider): string {
  const { ready, reason } = provider.status();
  return ready ? 'ok' : (reason ?? 'not ready');
}

// Room: how the program is doing, all of it as one value. In: what the rooms know already. Out: the state. May enter: admin.
import { checkReadiness, type HealthParts } from '../../http/health.ts';
import type { Failure } from '../failures/failures.ts';
import { listCounts, type Count } from './count.ts';
import { describeLocalPush, type LocalPushSource, type LocalPushState } from './local-push.ts';
import { describeProviders, type ProviderState, type ProviderSources } from './providers.ts';

export interface StateSources extends ProviderSources {
  readonly version: string;
  readonly startedAt: Date;
  readonly health: HealthParts;
  readonly component: { readonly jid: string; readonly server: string; readonly connections: number };
  /** When the connection to the XMPP server came up; undefined while none is. */
  readonly upSince: () => Date | undefined;
  readonly databaseKind: 'embedded' | 'postgres';
  readonly dialects: () => ReadonlyMap<string, number>;
  readonly domains: () => ReadonlyMap<string, number>;
  /** Absent where it is off. */
  readonly localPush: (() => Promise<LocalPushSource>) | undefined;
  readonly failures: () => readonly Failure[];
  readonly viewers: () => number;
}

export interface State {
  readonly version: string;
  readonly startedAt: string;
  readonly now: string;
  readonly ready: boolean;
  readonly component: {
    readonly jid: string;
    readonly server: string;
    readonly up: boolean;
    readonly connectionsUp: number;
    readonly connections: number;
    readonly since?: string | undefined;
    readonly reconnects: number;
    readonly words?: string | undefined;
  };
  readonly database: { readonly ok: boolean; readonly kind: 'embedded' | 'postgres'; readonly words?: string | undefined };
  readonly log?: string | undefined;
  readonly providers: readonly ProviderState[];
  readonly devices: {
    readonly total: number;
    readonly byProvider: readonly Count[];
    readonly byDialect: readonly Count[];
    readonly byDomain: readonly Count[];
  };
  readonly localPush?: LocalPushState | undefined;
  readonly failures: readonly Failure[];
  readonly viewers: number;
}

/** Asks the database whether it is there, and for nothing else. */
export async function readState(sources: StateSources): Promise<State> {
  const readiness = await checkReadiness(sources.health);
  const { component: link, isReady } = readiness;
  const counts = sources.devices();
  const localPush = await sources.localPush?.();
  return {
    version: sources.version,
    startedAt: sources.startedAt.toISOString(),
    now: new Date().toISOString(),
    ready: isReady,
    component: {
      ...sources.component,
      up: sources.health.component.up > 0,
      connectionsUp: sources.health.component.up,
      since: sources.upSince()?.toISOString(),
      reconnects: sources.health.component.reconnects,
      words: wordsOf(link),
    },
    database: { ok: readiness.database === 'ok', kind: sources.databaseKind, words: wordsOf(readiness.database) },
    log: readiness.log,
    providers: describeProviders(sources, readiness.doubts ?? {}),
    devices: {
      total: [...counts.values()].reduce((sum, count) => sum + count, 0),
      byProvider: listCounts(counts),
      byDialect: listCounts(sources.dialects()),
      byDomain: listCounts(sources.domains()),
    },
    localPush: localPush && describeLocalPush(localPush),
    failures: sources.failures(),
    viewers: sources.viewers(),
  };
}

function wordsOf(text: string): string | undefined {
  return text === 'ok' ? undefined : text;
}

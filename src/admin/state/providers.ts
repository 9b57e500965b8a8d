import type { ProviderStatus } from '../../push/provider/provider.ts';

export interface ProviderState {
  readonly id: string;
  readonly use: string;
  /** `failed`: no push has a chance; `troubled`: somebody should look at it. */
  readonly state: 'working' | 'troubled' | 'failed';
  readonly words?: string | undefined;
  readonly advice?: string | undefined;
  readonly environment?: string | undefined;
  readonly topics?: readonly string[] | undefined;
  readonly credentials: readonly { readonly name: string; readonly expires?: string | undefined }[];
  /** Whether a certificate can be set while it runs. */
  readonly takesCertificate: boolean;
  readonly devices: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly oldestWaitingSeconds: number;
  /** Why pushes are held back, where they are. */
  readonly breaker?: string | undefined;
}

/** A provider behind its breaker. */
export interface WatchedProvider {
  readonly inFlight: number;
  readonly breaker: { readonly reason: string | undefined };
  status(): ProviderStatus;
  /** What to do about a reason that it gave. */
  advise?(reason: string): string | undefined;
}

export interface ProviderSources {
  readonly providers: ReadonlyMap<string, WatchedProvider>;
  /** The kind of each, by id. */
  readonly uses: ReadonlyMap<string, string>;
  /** Those that take a certificate while they run, and since when they have one. */
  readonly uploaded: (provider: string) => Date | undefined;
  readonly takesCertificate: (provider: string) => boolean;
  readonly backlog: () => ReadonlyMap<string, { readonly count: number; readonly oldestSeconds: number }>;
  readonly devices: () => ReadonlyMap<string, number>;
}

const dayMs = 24 * 3_600_000;
const warnDays = 30;
const wayAdvice = 'check name resolution, firewall and proxy; doctor tries the way step by step';
const tableAdvice = "correct the provider's table; doctor says more";
const tokenAdvice = "check environment, topic, team and project in the provider's table; no registration is lost meanwhile";

export function describeProviders(sources: ProviderSources, doubts: Readonly<Record<string, string>>): readonly ProviderState[] {
  const backlog = sources.backlog();
  const devices = sources.devices();
  return [...sources.providers].map(([id, provider]) => {
    const status = provider.status();
    const { count: waiting = 0, oldestSeconds = 0 } = backlog.get(id) ?? {};
    return {
      id,
      use: sources.uses.get(id) ?? '',
      ...judge(status, provider, doubts[id]),
      environment: status.environment,
      topics: status.topics,
      credentials: [describeCredentials(status, sources.uploaded(id))],
      takesCertificate: sources.takesCertificate(id),
      devices: devices.get(id) ?? 0,
      inFlight: provider.inFlight,
      waiting,
      oldestWaitingSeconds: Math.round(oldestSeconds),
      breaker: provider.breaker.reason,
    };
  });
}

/** In the words of `reveille doctor`. */
function judge(
  { ready, reason, credentialExpiresAt: end }: ProviderStatus,
  provider: WatchedProvider,
  doubt: string | undefined,
): Pick<ProviderState, 'state' | 'words' | 'advice'> {
  const { reason: breaker } = provider.breaker;
  const advice = provider.advise?.(breaker ?? reason ?? '');
  if (breaker !== undefined) return { state: 'failed', words: reason, advice: advice ?? wayAdvice };
  if (!ready) return { state: 'failed', words: reason ?? 'it does not say why', advice: advice ?? tableAdvice };
  if (doubt !== undefined) return { state: 'troubled', words: doubt, advice: tokenAdvice };
  const leftMs = end === undefined ? Infinity : end.getTime() - Date.now();
  if (leftMs > warnDays * dayMs) return { state: 'working' };
  return { state: 'troubled', words: `its credentials end on ${end?.toISOString().slice(0, 10) ?? ''}`, advice: 'renew them' };
}

function describeCredentials({ credentialExpiresAt }: ProviderStatus, uploadedAt: Date | undefined): ProviderState['credentials'][number] {
  const name = uploadedAt === undefined ? 'credentials' : `certificate uploaded on ${uploadedAt.toISOString().slice(0, 10)}`;
  return { name, expires: credentialExpiresAt?.toISOString() };
}

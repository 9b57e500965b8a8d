import { openAdminServer, type AdminParts, type AdminServer } from '../admin/server.ts';
import type { CertificateEnd } from '../admin/routes/certificate.ts';
import type { Failures } from '../admin/failures/failures.ts';
import type { Config } from '../config/config.ts';
import { describeExposure } from '../config/exposure.ts';
import { CommandRefusal } from '../handlers/commands/command.ts';
import { describeSet, setCertificate, type WrittenCertificate } from '../handlers/administration/set-apns-certificate.ts';
import type { HealthParts } from '../http/health.ts';
import { buildPseudonyms } from '../log/pseudonyms.ts';
import type { LocalPush } from '../local-push/local-push.ts';
import type { Log } from '../log/log.ts';
import { createCensus, type Census } from '../metrics/census.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Certificates } from '../push/credentials/certificates.ts';
import type { RunningDelivery } from '../push/delivery/create-delivery.ts';
import type { PushFeed } from '../push/feed/push-feed.ts';
import type { ProviderGuard } from '../push/guard/provider-guard.ts';
import type { Registry } from '../registry/registry.ts';
import { StanzaError } from '../xmpp/stanza/stanza-error.ts';
import { parseJid } from '../xmpp/stanza/jid.ts';

export interface AdminSources extends Pick<AdminParts, 'examine' | 'startedAt' | 'version'> {
  readonly guards: ReadonlyMap<string, ProviderGuard>;
  readonly delivery: RunningDelivery;
  readonly certificates: Certificates;
  readonly registry: Registry;
  readonly metrics: Metrics;
  readonly health: HealthParts;
  readonly feed: PushFeed;
  readonly failures: Failures;
  readonly localPush: LocalPush | undefined;
  readonly log: Log;
}

const domainsShown = 20;
/** Counting goes over all devices; only while somebody looks, and no more often than this. */
const domainsEveryMs = 5 * 60_000;

/** The status page where it is configured. Whoever called it closes it. */
export async function openAdmin(config: Config, sources: AdminSources): Promise<AdminServer | undefined> {
  const { admin } = config;
  if (admin === undefined) return undefined;
  const { registry, log } = sources;
  const domains = createCensus(() => registry.countDomains(domainsShown), log, undefined, { intervalMs: domainsEveryMs, isLazy: true });
  const server = await openAdminServer(admin, buildParts(config, sources, domains));
  const exposure = describeExposure(admin);
  if (exposure !== undefined) log.warn('admin-exposed', { listen: `${admin.listen.host}:${server.port}`, ...exposure });
  return { ...server, close: () => server.close().then(() => domains.close()) };
}

function buildParts(config: Config, sources: AdminSources, domains: Census): AdminParts {
  const { component, database } = config;
  const { delivery, certificates, metrics, guards, localPush } = sources;
  const { host, port, tls } = component.server;
  return {
    ...sources,
    pseudonyms: buildPseudonyms(component.secret),
    component: { jid: component.jid, server: `${tls ? 'tls://' : ''}${host}:${port}`, connections: component.connections },
    databaseKind: database.url === undefined ? 'embedded' : 'postgres',
    providers: delivery.providers,
    uses: new Map(config.providers.map(({ id, use }) => [id, use])),
    uploaded: (provider) => usedSince(certificates, provider),
    takesCertificate: (provider) => certificates.slots.has(provider),
    backlog: delivery.backlog,
    devices: () => metrics.counts().devices,
    dialects: () => metrics.counts().dialects,
    domains: () => domains.read(),
    localPush: localPush && (async () => ({ ...localPush.status, pushes: await metrics.readLocalTotals() })),
    failures: () => sources.failures.list((provider, reason) => guards.get(provider)?.advise(reason)),
    readSnapshot: async () => ({
      totals: await metrics.readTotals(),
      waiting: [...delivery.backlog().values()].reduce((sum, { count }) => sum + count, 0),
    }),
    deliver: (device, notification, cause) => delivery.dispatcher.deliver(device, notification, cause),
    readAccount: (text) => readAccount(text),
    spellings: (token) => new Map([...guards].flatMap(([id, guard]) => spell(id, guard, token))),
    domain: component.jid,
    setCertificate: (written: WrittenCertificate) => trySet(certificates, written),
  };
}

function usedSince(certificates: Certificates, provider: string): Date | undefined {
  const uploaded = certificates.uploaded(provider);
  return uploaded?.obstacle === undefined ? uploaded?.uploadedAt : undefined;
}

function readAccount(text: string): string | undefined {
  const jid = parseJid(text);
  return jid === undefined || jid.local === '' ? undefined : jid.bare;
}

/** What a provider calls none of its tokens may all the same be one that was imported. */
function spell(id: string, guard: ProviderGuard, text: string): readonly (readonly [string, string])[] {
  const verdict = guard.checkToken(text);
  return [[id, verdict.kind === 'token' ? verdict.token : text]];
}

/** The refusals of the command are written for people; a StanzaError of it as well. */
async function trySet(certificates: Certificates, written: WrittenCertificate): Promise<CertificateEnd> {
  try {
    const summary = await setCertificate(certificates, written);
    return { kind: 'set', words: describeSet(written.provider, summary), expires: summary.expiresAt };
  } catch (error) {
    if (error instanceof CommandRefusal || error instanceof StanzaError) return { kind: 'refused', words: error.message };
    throw error;
  }
}

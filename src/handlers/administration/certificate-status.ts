import type { Certificates, Uploaded } from '../../push/credentials/certificates.ts';
import type { Provider, ProviderStatus } from '../../push/provider/provider.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import type { Command, CommandResult, Note } from '../commands/command.ts';

export interface CertificateStatusOptions {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly certificates: Certificates;
  readonly isAllowed: (sender: Jid) => boolean;
}

const dayMs = 24 * 3_600_000;

const columns = [
  { var: 'provider', type: 'text-single', label: 'Provider' },
  { var: 'state', type: 'text-single', label: 'State' },
  { var: 'source', type: 'text-single', label: 'Credentials from' },
  { var: 'topics', type: 'text-single', label: 'Topics' },
  { var: 'environment', type: 'text-single', label: 'Environment' },
  { var: 'expires', type: 'text-single', label: 'Ends on' },
  { var: 'days-left', type: 'text-single', label: 'Days left' },
] as const;

/** Every provider's credentials: whether they work, where they come from, what they are for and when they end. */
export function buildCertificateStatus({ providers, certificates, isAllowed }: CertificateStatusOptions): Command {
  return {
    node: 'certificate-status',
    name: 'Certificate status',
    instructions: 'Shows the credentials of every provider.',
    fields: () => [],
    isAllowed,
    run() {
      const looks = [...providers].map(([id, provider]) => ({ id, provider, status: provider.status() }));
      const rows = looks.map(({ id, provider, status }) => buildRow(id, provider, status, certificates.uploaded(id)));
      return Promise.resolve({ notes: [summarise(looks.map(({ status }) => status))], table: { columns, rows } } satisfies CommandResult);
    },
  };
}

function summarise(statuses: readonly ProviderStatus[]): Note {
  const ready = statuses.filter((status) => status.ready).length;
  const text = `${ready} of ${statuses.length} providers ${ready === 1 ? 'is' : 'are'} ready`;
  return { type: ready === statuses.length ? 'info' : 'warn', text };
}

function buildRow(id: string, { certificateSlot }: Provider, status: ProviderStatus, uploaded: Uploaded | undefined): readonly string[] {
  const { ready, reason, topics = [], environment = '', credentialExpiresAt: end } = status;
  return [
    id,
    ready ? 'ready' : (reason ?? 'not ready'),
    certificateSlot === undefined ? 'configuration' : describeUploaded(uploaded),
    topics.join(', '),
    environment,
    end === undefined ? '' : dayOf(end),
    end === undefined ? '' : String(Math.max(0, Math.floor((end.getTime() - Date.now()) / dayMs))),
  ];
}

function describeUploaded(uploaded: Uploaded | undefined): string {
  if (uploaded === undefined) return 'none yet';
  const when = `uploaded ${dayOf(uploaded.uploadedAt)}`;
  return uploaded.obstacle === undefined ? when : `${when}, not used: ${uploaded.obstacle}`;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

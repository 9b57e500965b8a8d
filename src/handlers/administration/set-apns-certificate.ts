import type { Certificates } from '../../push/credentials/certificates.ts';
import type { CertificateSummary, CertificateUpload } from '../../push/provider/provider.ts';
import { describeRefusal } from '../../push/credentials/take-stored.ts';
import { DatabaseUnavailable } from '../../registry/registry.ts';
import type { FormField } from '../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import { parseCertificateText } from './certificate-text.ts';
import { CommandRefusal, type Command, type CommandResult } from '../commands/command.ts';
import { temporaryWithoutDatabase } from '../database-trouble.ts';

export interface SetCertificateOptions {
  readonly certificates: Certificates;
  readonly isAllowed: (sender: Jid) => boolean;
}

const noKey =
  'Reveille has no key to encrypt certificates with. Make one with "openssl rand -base64 32", set it in the configuration as ' +
  'key under [database], the same for every instance, and restart.';
const noSlot = 'No provider takes a certificate: those with cert-file or key-file in the configuration use that.';

/** Contract §4.4: an administrator's certificate, checked, kept, and used by every instance at once. */
export function buildSetApnsCertificate({ certificates, isAllowed }: SetCertificateOptions): Command {
  return {
    node: 'set-apns-certificate',
    name: 'Set APNS certificate',
    instructions:
      'Checks a push certificate from Apple, keeps it encrypted in the database, and lets every instance use it from the next push on. ' +
      'Pushes under way are not lost.',
    fields: () => [buildProviderField(certificates), certificateField, passwordField],
    isAllowed,
    async run(values) {
      const written = {
        provider: values.get('provider') ?? '',
        certificate: values.get(certificateField.var) ?? '',
        password: values.get(passwordField.var),
      };
      return buildResult(written.provider, await temporaryWithoutDatabase(setCertificate(certificates, written)));
    },
  };
}

/** A certificate as somebody handed it over: base64 or PEM. */
export interface WrittenCertificate {
  readonly provider: string;
  readonly certificate: string;
  readonly password: string | undefined;
}

/** Checks, keeps and uses it. Throws a CommandRefusal or a StanzaError in words, or DatabaseUnavailable. */
export async function setCertificate(certificates: Certificates, written: WrittenCertificate): Promise<CertificateSummary> {
  if (!certificates.canKeep) throw new CommandRefusal(noKey);
  checkProvider(written.provider, certificates);
  const certificate = parseCertificateText(written.certificate);
  return set(certificates, written.provider, { certificate, password: written.password });
}

/** What is said of one that is in use. */
export function describeSet(provider: string, { expiresAt }: CertificateSummary): string {
  return `${provider} uses this certificate from now on. It ends on ${expiresAt.toISOString().slice(0, 10)}.`;
}

const certificateField: FormField = {
  var: 'certificate',
  type: 'text-multi',
  label: 'Certificate',
  description: 'What "base64 -w 0 PushCertificate.p12" prints, or PEM text with certificate and private key',
  isRequired: true,
};

const passwordField: FormField = {
  var: 'password',
  type: 'text-private',
  label: 'Password',
  description: 'Of the .p12 file, where it has one',
};

function buildProviderField({ slots }: Certificates): FormField {
  const ids = [...slots];
  return {
    var: 'provider',
    type: 'list-single',
    label: 'Provider',
    description: 'The app that the certificate is for',
    isRequired: true,
    options: ids.map(([id, { topic }]) => ({ label: topic === undefined ? id : `${id} (${topic})`, value: id })),
    // The only one there is needs no choice.
    ...(ids.length === 1 ? { values: ids.map(([id]) => id) } : {}),
  };
}

function checkProvider(provider: string, { slots }: Certificates): void {
  if (slots.size === 0) throw new CommandRefusal(noSlot);
  if (slots.has(provider)) return;
  throw new CommandRefusal(`this provider takes no certificate; these do: ${[...slots.keys()].join(', ')}`);
}

async function set(certificates: Certificates, provider: string, upload: CertificateUpload): Promise<CertificateSummary> {
  try {
    return await certificates.upload(provider, upload);
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error;
    throw new CommandRefusal(`The certificate is not accepted: ${describeRefusal(error)}.`, { cause: error });
  }
}

function buildResult(provider: string, summary: CertificateSummary): CommandResult {
  const { subject, topics, environment, expiresAt } = summary;
  const expires = expiresAt.toISOString().slice(0, 10);
  return {
    notes: [{ type: 'info', text: describeSet(provider, summary) }],
    fields: [
      { var: 'provider', type: 'text-single', label: 'Provider', values: [provider] },
      { var: 'subject', type: 'text-single', label: 'Subject', values: [subject] },
      { var: 'topics', type: 'text-multi', label: 'Topics', values: topics },
      { var: 'environment', type: 'text-single', label: 'Environment', values: [environment] },
      { var: 'expires', type: 'text-single', label: 'Ends on', values: [expires] },
    ],
  };
}

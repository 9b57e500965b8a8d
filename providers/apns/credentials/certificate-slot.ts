import { X509Certificate } from 'node:crypto';
import type { CertificateSlot } from '../../../src/index.ts';
import type { ClientCertificate } from './certificate.ts';
import type { Credentials } from './credentials.ts';
import { environmentsOf, type Environment } from './extension.ts';
import { openUpload } from './open-upload.ts';
import type { ApnsOptions } from '../options.ts';

/** Whose credentials the slot sets. */
export interface Holder {
  readonly credentials: Credentials;
  replace(credentials: Credentials): void;
}

/** Where an administrator's certificate goes while neither a certificate nor a key is configured. */
export function createCertificateSlot(options: ApnsOptions, holder: Holder): CertificateSlot {
  return {
    get topic() {
      return options['apns-topic'] ?? topicInUse(holder);
    },
    check(upload) {
      const certificate = openUpload(upload, new Date());
      const { subject, environments } = describe(certificate);
      checkTopic(certificate, options['apns-topic'], topicInUse(holder));
      checkEnvironment(environments, options.environment);
      return {
        subject: subject.replaceAll('\n', ', '),
        topics: certificate.topics,
        environment: nameEnvironments(environments, options.environment),
        expiresAt: certificate.expiresAt,
      };
    },
    use(upload) {
      const certificate = openUpload(upload, new Date());
      const topic = options['apns-topic'] ?? certificate.topics[0] ?? '';
      if (!isInUse(certificate, holder)) holder.replace({ kind: 'certificate', topic, certificate, pushKit: undefined });
    },
  };
}

function topicInUse({ credentials }: Holder): string | undefined {
  return credentials.kind === 'none' ? undefined : credentials.topic;
}

function isInUse({ cert, key }: ClientCertificate, { credentials }: Holder): boolean {
  return credentials.kind === 'certificate' && credentials.certificate.cert === cert && credentials.certificate.key === key;
}

function describe({ cert }: ClientCertificate): { readonly subject: string; readonly environments: readonly Environment[] } {
  const leaf = new X509Certificate(cert);
  return { subject: leaf.subject, environments: environmentsOf(leaf) };
}

/** Without `apns-topic` it comes from the certificate: that of another app would send every push to the wrong one. */
function checkTopic({ topics }: ClientCertificate, configured: string | undefined, inUse: string | undefined): void {
  const list = topics.join(', ');
  if (configured !== undefined && topics.length > 0 && !topics.includes(configured))
    throw new Error(`it is for ${list}, not for ${configured}`);
  if (configured !== undefined) return;
  if (topics.length === 0) throw new Error('it names no topic; set apns-topic in the configuration');
  if (inUse !== undefined && inUse !== topics[0])
    throw new Error(`it is for ${list}, not for ${inUse} like the one in use; if that is meant, set apns-topic in the configuration`);
}

function checkEnvironment(environments: readonly Environment[], used: Environment): void {
  const [only, another] = environments;
  if (only === undefined || another !== undefined || only === used) return;
  throw new Error(`it is for Apple's ${only} service only, and this provider is set to ${used} (environment in the configuration)`);
}

function nameEnvironments(environments: readonly Environment[], used: Environment): string {
  const made = environments.length === 0 ? 'not said by the certificate' : environments.join(' and ');
  return `${made}; this provider uses ${used}`;
}

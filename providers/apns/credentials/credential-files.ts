import type { ProviderLog } from '../../../src/index.ts';
import { loadCredentials, type CredentialPlaces, type Credentials } from './credentials.ts';
import { contentOf } from '../../files/tidy-credential.ts';
import { createFileWatch, type FileWatch } from '../../files/file-watch.ts';
import type { ApnsOptions } from '../options.ts';

export interface CredentialFiles extends CredentialPlaces {
  readonly options: ApnsOptions;
  /** Those in use when the watch begins. */
  readonly credentials: Credentials;
  readonly everyMs: number;
  readonly log: ProviderLog;
}

/** Loads the credentials again when one of their files changes. Good ones are handed over; bad ones cost one warning each. */
export function watchCredentials(files: CredentialFiles, replace: (credentials: Credentials) => void): FileWatch {
  const { options, everyMs, log } = files;
  let current = files.credentials;
  const named = [options['cert-file'], options['pushkit-cert-file'], options['key-file']];
  const paths = named.filter((path) => path !== undefined && contentOf(path) === undefined) as readonly string[];
  const reload = () => {
    const { credentials, mistakes, ended } = loadCredentials(options, files);
    const all = [...mistakes, ...ended, ...changeOfTopic(current, credentials, mistakes)];
    if (all.length > 0) log.warn('apns-credentials-not-replaced', { mistakes: all });
    else if (!isSame(current, credentials)) {
      replace(credentials);
      current = credentials;
    }
  };
  return createFileWatch(paths.map(files.resolvePath), everyMs, () => {
    try {
      reload();
    } catch (error) {
      log.error('apns-credentials-not-replaced', { error });
    }
  });
}

/** Without `apns-topic` it comes from the certificate: that of another app would send every push to the wrong one. */
function changeOfTopic(old: Credentials, fresh: Credentials, mistakes: readonly string[]): readonly string[] {
  if (mistakes.length > 0 || old.kind === 'none' || fresh.kind === 'none' || old.topic === fresh.topic) return [];
  return [`cert-file: is for ${fresh.topic}, not for ${old.topic} like the one in use; set apns-topic and restart if that is meant`];
}

/** A file may be written again with the same content: no reason to connect anew. */
function isSame(one: Credentials, other: Credentials): boolean {
  if (one.kind === 'key') return other.kind === 'key' && one.key.equals(other.key);
  if (one.kind === 'none') return other.kind === 'none';
  return (
    other.kind === 'certificate' &&
    one.certificate.cert === other.certificate.cert &&
    one.certificate.key === other.certificate.key &&
    one.pushKit?.cert === other.pushKit?.cert &&
    one.pushKit?.key === other.pushKit?.key
  );
}

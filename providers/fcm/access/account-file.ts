import type { ProviderLog } from '../../../src/index.ts';
import { createFileWatch, type FileWatch } from '../../files/file-watch.ts';
import type { ServiceAccount } from './service-account.ts';

export interface AccountFile {
  /** Absolute; undefined where the account stands in the option itself and can't change. */
  readonly path: string | undefined;
  readonly load: () => { readonly fresh: ServiceAccount | undefined; readonly mistakes: readonly string[] };
  /** The one in use when the watch begins. */
  readonly account: ServiceAccount;
  readonly everyMs: number;
  readonly log: ProviderLog;
  /** What the options say against an account. */
  readonly checkSender: (account: ServiceAccount) => readonly string[];
}

/** Loads the service account again when its file changes. A good one is handed over; a bad one costs one warning. */
export function watchAccountFile(file: AccountFile, replace: (account: ServiceAccount) => void): FileWatch {
  let current = file.account;
  return createFileWatch(file.path === undefined ? [] : [file.path], file.everyMs, () => {
    const { fresh, mistakes: faults } = file.load();
    const mistakes = fresh === undefined ? faults : [...file.checkSender(fresh), ...changeOfProject(current, fresh)];
    if (fresh === undefined || mistakes.length > 0) file.log.warn('fcm-service-account-not-replaced', { mistakes });
    else if (!isSame(current, fresh)) {
      current = fresh;
      replace(fresh);
    }
  });
}

/** The device tokens belong to a project: with another one every push would call them dead. */
function changeOfProject(old: ServiceAccount, { projectId }: ServiceAccount): readonly string[] {
  if (old.projectId === projectId) return [];
  return [`service-account-file: is for the project ${projectId}, not for ${old.projectId} like the one in use; restart if that is meant`];
}

/** A file may be written again with the same content. */
function isSame(one: ServiceAccount, other: ServiceAccount): boolean {
  return one.clientEmail === other.clientEmail && one.tokenUri === other.tokenUri && one.keyId === other.keyId && one.key.equals(other.key);
}

import { isTable } from '../is-table.ts';
import { formatKeyPath } from './key-path.ts';

interface RetiredKey {
  readonly use: string;
  readonly key: string;
  readonly reason: string;
}

/** Keys that worked elsewhere once and that administrators still copy: naming a "nearest key" would send them the wrong way. */
const retiredKeys: readonly RetiredKey[] = [
  {
    use: 'fcm',
    key: 'server-key',
    reason:
      'server keys stopped working when Google ended the legacy FCM API in 2024; use service-account-file with the JSON file from Firebase console, project settings, service accounts',
  },
];

/** One line for every retired key in the providers' tables. */
export function findRetiredKeys(providers: unknown): { readonly id: string; readonly key: string; readonly line: string }[] {
  if (!isTable(providers)) return [];
  return Object.entries(providers).flatMap(([id, table]) =>
    retiredKeys
      .filter(({ use, key }) => isTable(table) && table['use'] === use && key in table)
      .map(({ key, reason }) => ({ id, key, line: `${formatKeyPath(['providers', id, key])}: ${reason}` })),
  );
}

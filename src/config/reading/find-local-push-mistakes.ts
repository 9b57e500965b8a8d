import type { LocalPushConfig } from '../sections/local-push.ts';

export interface LocalPushMistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Provider ids that the table names and that there are not. */
export function findLocalPushMistakes(table: LocalPushConfig | undefined, providerIds: readonly string[]): readonly LocalPushMistake[] {
  const message = `expected a provider id of this configuration (${providerIds.join(', ')})`;
  return (table?.providers ?? []).flatMap((id, index) =>
    providerIds.includes(id) ? [] : [{ path: ['local-push', 'providers', index], message }],
  );
}

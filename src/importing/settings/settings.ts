// Room: settings of another app server as a configuration of ours. In: what was found. Out: TOML, and files with the secrets. May enter:
// importing, cli.

/** A secret; `value` is undefined where the other app server's files do not hold it. */
export interface FoundSecret {
  readonly secret: string | undefined;
  /** Name of its file, below the configuration. */
  readonly file: string;
  /** Name of the variable that may hold it instead. */
  readonly env: string;
}

/** A credential that the other one keeps in two files, and ours in one. */
export interface JoinedFiles {
  readonly join: readonly string[];
  readonly file: string;
}

export type FoundValue = string | number | boolean | FoundSecret | JoinedFiles | { readonly table: Readonly<Record<string, FoundValue>> };

export interface FoundProvider {
  readonly id: string;
  readonly use: string;
  readonly options: Readonly<Record<string, FoundValue | undefined>>;
}

/** What another app server was told, in our words. */
export interface FoundSettings {
  /** Where it stood, for the first line of the file. */
  readonly from: string;
  readonly component: Readonly<Partial<Record<'jid' | 'server', string>>> & {
    readonly secret: FoundSecret;
    readonly admins?: readonly string[];
  };
  readonly providers: readonly FoundProvider[];
  readonly dialects: Readonly<Record<string, FoundValue>>;
  /** What was not taken, and why. */
  readonly remarks: readonly string[];
}

export function componentSecret(secret: string | undefined): FoundSecret {
  return { secret, file: 'component-secret', env: 'REVEILLE_SECRET' };
}

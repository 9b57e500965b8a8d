/** The configuration after parsing: frozen, durations in milliseconds, paths absolute, secrets non-enumerable. */
export interface Config {
  /** Absolute path of the TOML file. */
  readonly file: string;
  readonly component: {
    /** Domain of the component, lower case. */
    readonly jid: string;
    readonly server: { readonly host: string; readonly port: number; readonly tls: boolean };
    /** PEM text of extra trust anchors for a `tls://` server. */
    readonly ca: string | undefined;
    readonly secret: string;
    readonly connections: number;
    /** Bare JIDs, lower case. */
    readonly admins: readonly string[];
    /** Domains, lower case, or `*`. */
    readonly registrants: readonly string[];
    readonly publishers: 'owner-domain' | 'any';
  };
  readonly database: {
    /** Undefined: the embedded PostgreSQL under `dataDir`. */
    readonly url: string | undefined;
    readonly dataDir: string;
    /** 32 bytes. */
    readonly key: Buffer | undefined;
    /** 32 bytes; the key before, while what it encrypted is being encrypted anew. */
    readonly previousKey: Buffer | undefined;
  };
  readonly http: {
    readonly listen: { readonly host: string; readonly port: number };
    /** Folder of REST handlers. */
    readonly rest: string | undefined;
    readonly trustProxy: boolean;
  };
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
    /** JIDs stand in the log as they are. */
    readonly jids: boolean;
  };
  readonly delivery: {
    readonly answerWithinMs: number;
    readonly defaultTtlMs: number;
    readonly voipTtlMs: number;
    /** 0: no limit. */
    readonly updateIntervalMs: number;
  };
  readonly limits: { readonly devicesPerOwner: number; readonly registrationsPerMinute: number; readonly inFlight: number };
  readonly providers: readonly ProviderConfig[];
}

export interface ProviderConfig {
  /** Provider id, the key of its table. */
  readonly id: string;
  /** Built-in name, package name, or path relative to the configuration file. */
  readonly use: string;
  /** The table without `use`, secrets resolved. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Where the values came from that did not stand in the table, in words, by key. */
  readonly origins?: Readonly<Record<string, string>>;
}

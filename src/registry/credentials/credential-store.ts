// Room: uploaded certificates, sealed, and which credentials are proven. In: credentials. Out: credentials. May enter: registry, cli.

/** Why a credential can't be opened: no key is configured, it is sealed with another one, or it isn't what was sealed. */
export type Unreadable = 'no-key' | 'other-key' | 'damaged';

/** The credential of a provider as the database has it. */
export type StoredCredential =
  | { readonly kind: 'open'; readonly provider: string; readonly content: Buffer; readonly updatedAt: Date }
  | { readonly kind: 'unreadable'; readonly provider: string; readonly reason: Unreadable; readonly updatedAt: Date };

/**
 * Credentials that administrators uploaded, one per provider, encrypted in the database and shared by all instances. Its
 * methods reject with a `DatabaseUnavailable` error when the database can't be had within its time limit. It ends with the
 * registry that it was opened with.
 */
export interface CredentialStore {
  /** False without `database.key`: then nothing can be kept, and what was kept before can't be opened. */
  readonly canKeep: boolean;
  /** Keeps it in the place of an earlier one and tells every instance. Settles, once that is durable, with the moment of it. */
  keep(provider: string, content: Buffer): Promise<Date>;
  /** All there are, each opened where a key is at hand that does. */
  read(): Promise<readonly StoredCredential[]>;
  /**
   * Calls back whenever an instance, this one included, kept a credential, and after every interruption in which that may
   * have been missed. Returns at once; begins to hear as soon as the database can be had.
   */
  watch(onChange: () => void): void;
}

// Room: the door: what a provider is, in words. In: nothing: types. Out: types. May enter: everybody.
import type { Notification } from './notification.ts';
import type { AddressVerdict, Sealed } from './sealed.ts';

/**
 * The door between Reveille and a push service. A provider is a module whose default export is a {@link CreateProvider};
 * nothing in `src/` knows which ones exist, and the built-in ones come in through this door too.
 */

/** One push to one device. */
export interface Push {
  /** Lower-case canonical UUID, the same for every try of this push (APNs: `apns-id`). */
  readonly id: string;
  /** Bare JID of the account that registered the device. */
  readonly account: string;
  /** The device token as the client registered it. */
  readonly token: string;
  /** The second token, for calls (Apple's PushKit), where the client registered one. */
  readonly secondToken: string | undefined;
  /** When the device was registered or last renewed: a token reported dead before this moment is alive. */
  readonly registeredAt: Date;
  /** What this provider left with the device by `remember`, the latest; undefined where it left nothing. */
  readonly remembered: string | undefined;
  /** After this moment the push is worthless and must not be delivered. */
  readonly expiresAt: Date;
  readonly notification: Notification;
  /** The app server that the app was made for, where it is not Tigase's: it understands nothing but what that one sends. */
  readonly dialect?: PushDialect | undefined;
  /** The push may reach the app by another way as well: its id goes into the payload, under `push-id`, so that the app shows it once. */
  readonly showsId?: true;
  /** Only where the provider said of an address that it is its own ({@link Provider.readAddress}): then this is what is sent. */
  readonly sealed?: Sealed | undefined;
}

/** What an app of another app server reads. */
export interface PushDialect {
  /** `p2`, `openfire`, `fluux`, `mod_push_appserver`, `fpush`. */
  readonly name: string;
  /** What was agreed at registration, by the key under which the app looks for it. */
  readonly keys: Readonly<Record<string, string>>;
}

/** What became of a push. All four are expected results; a provider throws only where it has a bug. */
export type Outcome =
  /**
   * The push service took the push. `remember` is a note of at most 256 characters that is kept with the device and comes
   * back as {@link Push.remembered}; it replaces the one before.
   */
  | { readonly kind: 'accepted'; readonly id?: string; readonly remember?: string }
  /**
   * The token is dead, `since` as told by the service: registrations made later are not touched. When many tokens are
   * reported dead at once, none is removed: more likely the credentials are wrong.
   */
  | { readonly kind: 'gone'; readonly since?: Date }
  /** This push or our credentials are refused; the device is fine. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /**
   * Not delivered now; worth another try, not before `afterMs` milliseconds. `onlyThis` says that the trouble is on the way to this
   * device (an address of its own, say) and tells nothing of pushes to others: it never makes them wait.
   */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number; readonly onlyThis?: true };

/** How a provider is doing; cheap, synchronous, free of secrets. */
export interface ProviderStatus {
  /** True while pushes have a chance: credentials are present, valid and not refused by the service. */
  readonly ready: boolean;
  /** Why not ready, in words for an administrator. */
  readonly reason?: string;
  /** The earliest moment at which a credential stops working (a certificate's end). */
  readonly credentialExpiresAt?: Date;
  /** What the credentials are for, as the service calls it (Apple: topics). */
  readonly topics?: readonly string[];
  /** Which environment of the service is used, as the service calls it. */
  readonly environment?: string;
  /** Connections to the service open right now. */
  readonly sessions?: number;
  /** Connections that the service ended so far (HTTP/2 GOAWAY), by the reason it gave; the numbers only grow. */
  readonly goaways?: ReadonlyMap<string, number>;
}

/** A certificate with its private key as an administrator hands it over: the content of a .p12 or PEM file. */
export interface CertificateUpload {
  readonly certificate: Buffer;
  readonly password: string | undefined;
}

/** What a certificate is, in words for an administrator; no secrets. */
export interface CertificateSummary {
  readonly subject: string;
  readonly topics: readonly string[];
  /** Which environment of the service it is for, as the service calls it. */
  readonly environment: string;
  readonly expiresAt: Date;
}

/** Where a provider takes a certificate that an administrator sets while it runs. */
export interface CertificateSlot {
  /** What a certificate must be for, as far as that is settled. */
  readonly topic: string | undefined;
  /** Throws an Error, or an AggregateError of several, that says in words why this certificate can't be used. */
  check(upload: CertificateUpload): CertificateSummary;
  /** From the next push on it is used; pushes under way finish with the old one. `check` passed it before. */
  use(upload: CertificateUpload): void;
}

/** One thing that was tried on the way to a push service, and what came of it. No secrets. */
export interface Finding {
  /** Short and always the same for the same thing: `DNS`, `proxy`, `TLS`, `credentials` … */
  readonly step: string;
  readonly verdict: 'ok' | 'warning' | 'failed';
  readonly tried: string;
  readonly found: string;
  /** What to do; absent only where all is well. */
  readonly advice?: string;
}

/** What a provider says of a device token that a client registers. */
export type TokenVerdict =
  /** It may be one; `token` is how the provider wants to see it in a push: without what clients put around it. */
  | { readonly kind: 'token'; readonly token: string }
  /** It can't be one. `reason` completes "device-token …", without quoting it: "looks like a token of FCM". */
  | { readonly kind: 'refused'; readonly reason: string };

export interface Provider {
  /**
   * Sends one push. Settles with an outcome, soon after `signal` aborts at the latest. Called concurrently without bound
   * by the provider itself (the caller bounds it).
   */
  push(push: Push, signal: AbortSignal): Promise<Outcome>;
  status(): ProviderStatus;
  /**
   * Looks at a device token before it is registered; cheap, synchronous, the same for the same text, and a token that it has
   * tidied it leaves as it is. Any text may come. Where absent every text without white space is taken for a token.
   */
  checkToken?(text: string): TokenVerdict;
  /**
   * Present where it can send what is {@link Sealed}. Looks at an address; cheap, synchronous, any text may come. Undefined where the
   * address is none of its own.
   */
  readAddress?(address: string): AddressVerdict | undefined;
  /**
   * A fingerprint of what it pushes with and where to: credentials, topic or project, environment, endpoint. Another value means
   * that what was proven of the old ones says nothing of the new ones. At most 128 printable characters, and no secret can be
   * taken from it. Where absent, its options are taken for it.
   */
  readonly identity?: string;
  /**
   * What the app would find in this push, by its keys, without what is meant for the service: for devices that are connected to
   * Reveille itself. At most 4096 bytes as JSON, synchronous. Where absent, the notification's fields under the keys that Tigase's apps read.
   */
  contentOf?(push: Push): Readonly<Record<string, unknown>>;
  /** Present where certificates may be set while it runs, that is where none is configured. */
  readonly certificateSlot?: CertificateSlot;
  /**
   * Tries the way to the service and the credentials step by step, up to the first step that fails, without a push to any
   * real device. Never rejects; settles soon after `signal` aborts at the latest.
   */
  diagnose?(signal: AbortSignal): Promise<readonly Finding[]>;
  /**
   * What to do about a reason that one of its outcomes or its status gave, in the words of its findings; undefined where it has none.
   * Cheap, synchronous, free of secrets.
   */
  advise?(reason: string): string | undefined;
  /** Ends every connection and timer; pushes under way settle first, as far as that takes seconds. Called once. */
  close(): Promise<void>;
}

/** One line per event: a name in kebab-case and its fields. Never give it a token, secret, body or sender. */
export interface ProviderLog {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What Reveille lends to a provider while it lives. */
export interface ProviderTools {
  /** The provider id that clients register under: the key of its table in the configuration. */
  readonly name: string;
  readonly log: ProviderLog;
  /** Resolves a path of the options against the folder of the configuration file. */
  resolvePath(path: string): string;
  /**
   * Where the value of an option came from, as in "the environment variable APNS_KEY" or "the file /run/secrets/key"; undefined
   * where it stood in the table itself. A value that came from elsewhere may be a secret whatever option it stands in: messages
   * name this instead of quoting it.
   */
  originOf?(key: string): string | undefined;
}

/**
 * Default export of a provider module. `options` is the provider's table of the configuration without `use`; secrets given
 * as `{ env }` or `{ file }` are already replaced by their values. Throws an Error whose message an administrator can act
 * on when the options or the credentials are unusable; several mistakes at once as an AggregateError. Must not open a
 * connection: `reveille check` creates every provider and touches nothing else. Whoever called it closes the provider.
 */
export type CreateProvider = (options: unknown, tools: ProviderTools) => Provider | Promise<Provider>;

// Room: the memory: devices, credentials and waiting pushes in one PostgreSQL. In: questions without SQL. Out: values without SQL. May
// enter: app, cli, doctor; others only its types.
import type { Device, DeviceKey, FoundDevice, HandleKey, OwnedTokens, Registration } from './devices/device.ts';

/** Which devices; all conditions hold together, none means every device. */
export interface DeviceFilter {
  /** Its own, or the one behind which it stands. */
  readonly node?: string | undefined;
  /** Its own, and no other. */
  readonly ownNode?: string | undefined;
  /** Bare JID, lower case. */
  readonly owner?: string | undefined;
  /** Domain of the owner, lower case. */
  readonly domain?: string | undefined;
  readonly provider?: string | undefined;
  /** `tigase` or another app server's. */
  readonly dialect?: string | undefined;
  /** As its provider spells it; found quickly together with `provider`. */
  readonly token?: string | undefined;
}

/** A part of a list; `after` is the last device of the part before. */
export interface DevicePage {
  readonly limit: number;
  readonly after?: Pick<Device, 'owner' | 'provider' | 'token' | 'dialect'> | undefined;
}

export interface ListedDevice extends Device {
  /** When it was last of use, exact to a day. */
  readonly usedAt: Date;
}

/** Credentials at work: whose, and an opaque fingerprint of them. */
export interface ProofKey {
  readonly provider: string;
  readonly identity: string;
}

export interface Proof extends ProofKey {
  /** A digest of the device token. */
  readonly device: string;
}

/**
 * The memory: which device stands behind which node. Every method but `close` rejects with a `DatabaseUnavailable` error
 * when it needs the database and can't have it within its time limit; `lookup` of a cached device never needs it.
 */
export interface Registry {
  /**
   * Creates the device, or renews it where (owner, provider, token), in another dialect (owner, provider, handle), is known: same node (and behind the same), second token replaced (also by
   * nothing), secret kept where one is given again, note kept, `registeredAt` now. Beyond the limit of devices per owner the one unused longest gives way.
   */
  register(registration: Registration): Promise<Device>;
  /** True when the device was known and is removed. */
  unregister(key: DeviceKey): Promise<boolean>;
  /**
   * The same for a client that can't be trusted to name its provider: removes what this owner registered with one of
   * these tokens, at whatever provider. One statement, the same whether or not owner and tokens are known.
   */
  unregisterToken(key: OwnedTokens): Promise<boolean>;
  /** Removes what this owner registered under this handle, in another dialect than Tigase's; true where it was known. */
  unregisterHandle(key: HandleKey): Promise<boolean>;
  /**
   * The device of a node, and those that stand behind it, as far as `accepts` agrees that this publisher may use them. An unknown node and a refused publisher
   * cost the same and look the same: one query the first time, none when the same (node, publisher) comes again.
   * `publisher` identifies who asks (JID and secret) for that memory. What needs no query is returned at once and not as a promise: a known device at almost every push.
   * What `accepts` throws is thrown then, and else rejects.
   */
  lookup(node: string, publisher: string, accepts: (device: Device) => boolean): FoundDevice | undefined | Promise<FoundDevice | undefined>;
  /** Notes that the device was of use just now; written later, in bulk. */
  touch(device: Device): void;
  /**
   * Removes every registration of (provider, token) last registered at `since` or before: a push service reported the
   * token dead. Returns the removed devices.
   */
  forget(provider: string, token: string, since: Date): Promise<readonly Device[]>;
  /** Keeps what a provider noted about a device, at most 256 characters without NUL; nothing where the node is gone. */
  note(node: string, note: string): Promise<void>;
  /** Number of registrations per provider id. */
  count(filter?: DeviceFilter): Promise<ReadonlyMap<string, number>>;
  /** Number of registrations per dialect, `tigase` among them. */
  countDialects(): Promise<ReadonlyMap<string, number>>;
  /** Number of registrations per domain of the owner, of those domains that have most, the largest first. */
  countDomains(limit: number): Promise<ReadonlyMap<string, number>>;
  /** Devices in a fixed order: by owner, then provider. The list ends where fewer than `limit` come. */
  list(filter: DeviceFilter, page: DevicePage): Promise<readonly ListedDevice[]>;
  /**
   * Removes at most `limit` devices and returns them; all are gone once fewer than `limit` come. A filter without any
   * condition is refused (RangeError), unless it is the word `all`.
   */
  remove(filter: DeviceFilter | 'all', limit: number): Promise<readonly Device[]>;
  /** Keeps that a push to a device was accepted with these credentials; of two devices at most. */
  prove(proof: Proof): Promise<void>;
  /** The devices, as they were given to `prove`, of these credentials. */
  listProofs(key: ProofKey): Promise<readonly string[]>;
  /** Settles when a trivial query was answered in time; rejects otherwise. */
  ping(): Promise<void>;
  /** Writes what `touch` left to write and ends every connection and timer. Owned by whoever created it. */
  close(): Promise<void>;
}

/** The database can't be asked right now; the same request may go through later. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

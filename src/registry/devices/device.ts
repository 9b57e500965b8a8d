// Room: the table of devices and what is remembered of it. In: nodes, owners, tokens. Out: devices. May enter: registry.

/** One registration: a device of an account, reachable through one provider under one pubsub node. */
export interface Device {
  /** Opaque pubsub node name, 192 random bits; whoever knows it may be asked for its secret, but can't guess it. */
  readonly node: string;
  /**
   * The node that its client and its server know, where that is not its own: another app server gave several devices one node, and this is
   * a further one of them.
   */
  readonly behind?: string;
  /** Bare JID of the account that registered, lower case. */
  readonly owner: string;
  /** Provider id, the key of the provider's table in the configuration. */
  readonly provider: string;
  /** Device token as the client sent it, less what its provider tidied away. */
  readonly token: string;
  /** Token for calls (PushKit), where the client sent one. */
  readonly secondToken: string | undefined;
  /** Set where the client's dialect demands that publishes prove themselves by a secret. */
  readonly secret: string | undefined;
  /** What its provider noted about it, opaque to everybody else; undefined where it noted nothing. */
  readonly note: string | undefined;
  /** When the client last registered it, by the clock of the database. */
  readonly registeredAt: Date;
  /** Of another app server; absent for Tigase's. */
  readonly dialect?: DeviceDialect | undefined;
  /** It is in no table: its node is its token, nobody registered it, nothing can be noted about it. */
  readonly isStateless?: true;
}

/** What a node leads to: a device, almost always just one. */
export interface FoundDevice extends Device {
  /** The further ones behind the same node; absent where there are none. */
  readonly companions?: readonly Device[] | undefined;
}

/** What devices of no other app server are called where dialects are told apart. */
export const ownDialect = 'tigase';

/** What there is to a registration in the dialect of another app server than Tigase's. */
export interface DeviceDialect {
  readonly name: string;
  /** What the client calls this registration; the same owner registers it anew under the same. Not empty, begins with the dialect. */
  readonly handle: string;
  /** What the app looks for in a push, by key. */
  readonly keys: Readonly<Record<string, string>>;
}

/** What a client asks to register. */
export interface Registration {
  readonly owner: string;
  readonly provider: string;
  readonly token: string;
  readonly secondToken: string | undefined;
  /** For a new device. A known one keeps its secret, which a server may hold; it loses it where this is absent. */
  readonly secret?: string;
  readonly dialect?: DeviceDialect | undefined;
}

/** A registration of another dialect than Tigase's, by what its client calls it. */
export interface HandleKey {
  readonly owner: string;
  readonly handle: string;
  /** What its app looks for, where an import may have brought it under that alone. */
  readonly imported?: Pick<DeviceDialect, 'name' | 'keys'>;
}

/** A device by what its client knows of it. Tokens made only of hexadecimal digits (APNs) are compared ignoring case. */
export type DeviceKey = Pick<Device, 'owner' | 'provider' | 'token'>;

/** Several tokens that one owner may have registered, at whatever provider. */
export interface OwnedTokens {
  readonly owner: string;
  readonly tokens: readonly string[];
}

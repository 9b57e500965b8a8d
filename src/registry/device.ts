/** One registration: a device of an account, reachable through one provider under one pubsub node. */
export interface Device {
  /** Opaque pubsub node name, 192 random bits; whoever knows it may be asked for its secret, but can't guess it. */
  readonly node: string;
  /** Bare JID of the account that registered, lower case. */
  readonly owner: string;
  /** Provider id, the key of the provider's table in the configuration. */
  readonly provider: string;
  /** Device token exactly as the client sent it. */
  readonly token: string;
  /** Token for calls (PushKit), where the client sent one. */
  readonly secondToken: string | undefined;
  /** Set where the client's dialect demands that publishes prove themselves by a secret. */
  readonly secret: string | undefined;
  /** When the client last registered it. */
  readonly registeredAt: Date;
}

/** What a client asks to register. `tokensIgnoreCase` is for services whose tokens are hexadecimal (APNs). */
export interface Registration {
  readonly owner: string;
  readonly provider: string;
  readonly token: string;
  readonly secondToken: string | undefined;
  readonly secret?: string;
}

/** A device by what its client knows of it. */
export type DeviceKey = Pick<Device, 'owner' | 'provider' | 'token'>;

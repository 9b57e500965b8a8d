/** The reasons APNs gives, with the status each comes with. */
const statuses = {
  BadCollapseId: 400,
  BadDeviceToken: 400,
  BadExpirationDate: 400,
  BadMessageId: 400,
  BadPriority: 400,
  BadTopic: 400,
  DeviceTokenNotForTopic: 400,
  DuplicateHeaders: 400,
  IdleTimeout: 400,
  InvalidPushType: 400,
  MissingDeviceToken: 400,
  MissingTopic: 400,
  PayloadEmpty: 400,
  TopicDisallowed: 400,
  BadCertificate: 403,
  BadCertificateEnvironment: 403,
  BadEnvironmentKeyIdInToken: 403,
  ExpiredProviderToken: 403,
  Forbidden: 403,
  InvalidProviderToken: 403,
  MissingProviderToken: 403,
  UnrelatedKeyIdInToken: 403,
  BadPath: 404,
  MethodNotAllowed: 405,
  ExpiredToken: 410,
  Unregistered: 410,
  PayloadTooLarge: 413,
  TooManyProviderTokenUpdates: 429,
  TooManyRequests: 429,
  InternalServerError: 500,
  ServiceUnavailable: 503,
  Shutdown: 503,
} as const;

export type Reason = keyof typeof statuses;

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  /** Milliseconds since the epoch; with 410 only. */
  readonly timestamp?: number;
  /** The JSON breaks off in the middle. */
  readonly isCutShort?: true;
}

export function buildRefusal(reason: Reason, since?: Date): Refusal {
  return { status: statuses[reason], reason, ...(since === undefined ? {} : { timestamp: since.getTime() }) };
}

/** A refusal by its reason's name, for the command line; undefined where APNs has no such reason. */
export function refusalOf(name: string): Refusal | undefined {
  return Object.hasOwn(statuses, name) ? buildRefusal(name as Reason) : undefined;
}

/** An accepted message to a device. */
export interface SandboxFcmPush {
  /** `projects/…/messages/…` */
  readonly name: string;
  /** Registration token or installation id. */
  readonly token: string;
  readonly target: 'token' | 'fid';
  /** The whole message object, with the names of the API's definition (`collapse_key`). */
  readonly message: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, string>>;
  readonly priority: 'HIGH' | 'NORMAL';
  readonly ttl: string | undefined;
  readonly collapseKey: string | undefined;
  /** How many different collapse keys this device has been sent so far; FCM keeps messages of four at most. */
  readonly collapseKeys: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As FCM counts them: keys and values of data, texts of a notification. */
  readonly bytes: number;
  /** Number of the connection it came over, counted from 1. */
  readonly connection: number;
  /** Which of the issued access tokens it was sent with, counted from 1. */
  readonly accessToken: number;
  readonly isValidateOnly: boolean;
}

/** What was answered to a request. */
export interface SandboxFcmAnswer {
  /** Last part of the message's name, whether it was accepted or not. */
  readonly id: string;
  readonly status: number;
  /** With any status but 200: errorCode, reason of an ErrorInfo, or status. */
  readonly reason: string | undefined;
  /** Project of the path. */
  readonly project: string;
  /** Token or installation id; empty where there is none. */
  readonly token: string;
  readonly priority: 'HIGH' | 'NORMAL';
  readonly bytes: number;
  readonly data: Readonly<Record<string, string>>;
  readonly isValidateOnly: boolean;
}

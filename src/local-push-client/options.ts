/** A way to the server: a WebSocket, or server-sent events where WebSockets are blocked. */
export type Transport = 'websocket' | 'events';

export interface LocalPushMessage {
  /** The same however it comes: through the push service it is the payload's `push-id`. */
  readonly id: string;
  /** A call begins, changes or ends; something to show; something for the app alone (read elsewhere, a count). */
  readonly kind: 'call' | 'message' | 'update';
  /** How long from now it is worth anything: after that don't show it, and above all don't ring. */
  readonly expiresInMs: number;
  /** What the app would get through its push service, key by key. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Why nothing comes any more: the app said `close()`; the registration is gone or the secret wrong (register again); a newer
 * connection of this device took over (it has the pushes now); the server does not understand this library (update it).
 */
export type StopReason = 'closed' | 'registration-gone' | 'replaced' | 'not-understood';

export type LocalPushState =
  | { readonly kind: 'connecting'; readonly transport: Transport }
  | { readonly kind: 'connected'; readonly transport: Transport }
  /** Tries again after `forMs`; until then pushes come through the push service. `code` is for logs: a close code, an HTTP status, or 0. */
  | { readonly kind: 'waiting'; readonly forMs: number; readonly code: number }
  | { readonly kind: 'stopped'; readonly reason: StopReason };

export interface LocalPushOptions {
  /** `https://` or `wss://`, the name of the server, and the `local-push-path` of the registration. */
  readonly url: string;
  /** `node` of the registration. */
  readonly node: string;
  /** `local-push-secret` of the registration. */
  readonly secret: string;
  /**
   * Called once for each push. The push is acknowledged when this returns, or when the promise that it returns resolves; where it
   * throws or rejects, or takes longer than the server waits, the push takes the way through the push service.
   */
  readonly onPush: (push: LocalPushMessage) => unknown;
  /** Called at each change, the first time before `connectLocalPush` returns. */
  readonly onState?: (state: LocalPushState) => void;
  /** What `onPush` or `onState` threw; without it that goes to the console. */
  readonly onError?: (error: unknown) => void;
  /** Ways to the server, the best first; where one leads nowhere the next is tried. Both by default. */
  readonly transports?: readonly Transport[];
  /** The first wait is a random part of this, one second by default; each time without success it doubles. */
  readonly firstWaitMs?: number;
  /** It doubles up to this, a minute by default. Where the server says when to come back, that counts. */
  readonly longestWaitMs?: number;
  /** How long the server may take for each answer, ten seconds by default. */
  readonly answerLimitMs?: number;
}

export interface LocalPush {
  readonly state: LocalPushState;
  /**
   * Whether a push with this id came before, by whichever way; from now on it has. Ask it about what comes through the push service
   * before you show it.
   */
  isKnown(id: string): boolean;
  /** The network is back, or another one: connects anew at once. Browsers say so by themselves (`online`), other systems in their way. */
  reconnect(): void;
  /** Ends the connection; nothing is called any more after the state `stopped`. */
  close(): void;
}

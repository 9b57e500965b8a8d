import type { DeferredKind } from '../registry/deferred/deferred-store.ts';
import type { Claim } from './secrets.ts';

/** What a device may say; docs/local-push-protocol.md. */
export type DeviceMessage =
  | ({ readonly type: 'prove' } & Claim)
  | { readonly type: 'ack'; readonly id: string }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' };

/** What is said to a device. */
export type ServerMessage =
  | { readonly type: 'challenge'; readonly nonce: string; readonly keepAlive: number; readonly session?: string }
  | { readonly type: 'welcome'; readonly id: string }
  | {
      readonly type: 'push';
      readonly id: string;
      readonly kind: DeferredKind;
      readonly expiresInMs: number;
      readonly payload: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | ({ readonly type: 'goodbye' } & Ending);

/** Why a connection ends, as an app can act on it; without `afterMs` the code alone says whether and when to come back. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
  readonly afterMs?: number;
}

/** Bytes of a device's message. */
export const longestMessage = 4096;
/** A node may have 256 characters, a proof has 43, an id 36. */
const longestText = 256;

/** Undefined for what is no message of this protocol. Members that it does not know are left alone. */
export function parseMessage(text: string): DeviceMessage | undefined {
  const value = parseObject(text);
  if (value === undefined) return undefined;
  const { type, node, proof, id } = value;
  if (type === 'ping' || type === 'pong') return { type };
  if (type === 'ack' && isText(id)) return { type, id };
  return type === 'prove' && isText(node) && isText(proof) ? { type, node, proof } : undefined;
}

export function writeMessage(message: ServerMessage): string {
  return JSON.stringify(message);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // Whoever sent it hears that it is none.
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestText && !value.includes('\0');
}

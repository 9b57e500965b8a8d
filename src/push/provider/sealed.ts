/**
 * What a user's server encrypted for his app itself (Push 2.0). The push service gets it as it is; `notification` says only what the
 * server said in the clear: `priority`, and `jingle` where it is about a call.
 */
export interface Sealed {
  /** A whole message in the content encoding aes128gcm (RFC 8188), at most 4096 bytes; undefined where the app is only to be woken. */
  readonly message: Buffer | undefined;
  /** By what Web Push knows the sender (RFC 8292), in place of anything of ours: a signed token and its public key, both in base64url. */
  readonly vapid: { readonly token: string; readonly key: string } | undefined;
}

/** What a provider says of the address of an app that never registered here (Push 2.0's `<client>`). */
export type AddressVerdict =
  /** Its own; the rest is as in the push that follows. `credentials` says whose the push service judges: ours, or what came with the push. */
  | {
      readonly kind: 'address';
      readonly token: string;
      readonly secondToken?: string | undefined;
      readonly remembered?: string | undefined;
      readonly credentials: 'ours' | 'theirs';
    }
  /** Its own, and nothing is sent there. `reason` completes "the address …", without quoting it. */
  | { readonly kind: 'refused'; readonly reason: string };

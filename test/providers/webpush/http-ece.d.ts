/** The part of http_ece that the tests use; it comes without types. */
declare module 'http_ece' {
  import type { ECDH } from 'node:crypto';
  export function decrypt(
    message: Buffer,
    parameters: { readonly version: 'aes128gcm'; readonly privateKey?: ECDH; readonly authSecret?: Buffer; readonly key?: Buffer },
  ): Buffer;
  export function encrypt(
    plain: Buffer,
    parameters: {
      readonly version: 'aes128gcm';
      readonly dh: string;
      readonly privateKey: ECDH;
      readonly authSecret: string;
      readonly rs?: number;
    },
  ): Buffer;
}

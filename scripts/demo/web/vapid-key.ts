import { generateKeyPairSync } from 'node:crypto';

/** A key as `reveille webpush-key` makes it, and what apps are told of it. */
export function makeVapidKey(): { readonly pem: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), publicKey: point.toString('base64url') };
}

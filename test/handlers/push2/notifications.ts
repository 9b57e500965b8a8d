import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { encrypt } from '../../../providers/webpush/message/encrypt.ts';
import { push } from '../../helpers/app.ts';
import type { Browser } from '../../providers/webpush/browser.ts';
import { domain } from '../publishes.ts';

/** What there is in a notification; what is undefined is left out. */
export interface Content {
  readonly client?: string | undefined;
  readonly priority?: string | undefined;
  readonly payload?: string | undefined;
  readonly jwt?: { readonly token: string; readonly key: string } | undefined;
  readonly more?: string | undefined;
}

/** A message as Prosody's mod_push2 sends it. */
export function buildMessage(
  { client, priority = 'normal', payload, jwt, more = '' }: Content,
  from = domain,
  id: string = randomUUID(),
): string {
  const encrypted = payload === undefined ? '' : `<encrypted xmlns='urn:xmpp:sce:rfc8291:0'><payload>${payload}</payload></encrypted>`;
  return (
    `<message from='${from}' to='${push}' id='${id}'><notification xmlns='urn:xmpp:push2:0'>` +
    (client === undefined ? '' : `<client>${client}</client>`) +
    `<priority>${priority}</priority>${more}${encrypted}` +
    (jwt === undefined ? '' : `<jwt key='${jwt.key}'>${jwt.token}</jwt>`) +
    `</notification></message>`
  );
}

/** The error that answers a message. */
export function errorOf(message: string, type: string, condition: string, text: string): string {
  const [, from = '', to = '', id = ''] = /from='([^']*)' to='([^']*)' id='([^']*)'/.exec(message) ?? [];
  return (
    `<message type="error" id="${id}" from="${to}" to="${from}"><error type="${type}"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>` +
    `<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas" xml:lang="en">${text}</text></error></message>`
  );
}

/** What a server encrypts for this app, without padding and in base64, as mod_push2 does. */
export function seal(text: string, { p256dh, auth }: Pick<Browser, 'p256dh' | 'auth'>): string {
  const keys = { p256dh: Buffer.from(p256dh, 'base64url'), auth: Buffer.from(auth, 'base64url') };
  return encrypt(Buffer.from(text), keys, 0).toString('base64');
}

/** A token that a server signed with the key its client gave it, and that key's public half as mod_push2 spells it. */
export function signJwt(claims: object): { readonly token: string; readonly key: string } {
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const key = createPrivateKey(pem);
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { token: `${text}.${signature}`, key: point.toString('base64') };
}

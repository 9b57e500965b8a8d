import { randomUUID } from 'node:crypto';
import { ownText } from '../../../base/own-text.ts';
import { emptyNotification, type Notification } from '../../../push/provider/notification.ts';
import type { Sealed } from '../../../push/provider/sealed.ts';
import type { IqRequest } from '../../../xmpp/routing/router.ts';
import type { Element } from '../../../xmpp/stanza/xml.ts';
import { ns } from '../../namespaces.ts';

/** What a server asks to be relayed. */
export interface Relay {
  /** `<client/>`: opaque to the server, an address to us. */
  readonly client: string;
  /** A canonical UUID: the stanza's, where that is one, so that a stanza that is sent again is the same push. */
  readonly id: string;
  /** What the server says in the clear. */
  readonly notification: Notification;
  readonly sealed: Sealed;
}

const longestClient = 1_000;
/** As much as a push service must take (RFC 8030 §7.2). */
const mostMessageBytes = 4_096;
const longestPayload = Math.ceil(mostMessageBytes / 3) * 4;
/** The header of RFC 8188 with a public key of 65 bytes for its id, then at least a delimiter and the tag of AES-GCM. */
const keyIdAt = 20;
const keyIdBytes = 65;
const leastMessageBytes = keyIdAt + 1 + keyIdBytes + 17;
/** They have three hundred characters; as a header it must find place at every push service. */
const longestJwt = 2_048;
const uncompressed = 4;
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const call: Notification['jingle'] = { sid: undefined, action: undefined, media: [] };

/** The notification of a message, or what is wrong with it, in words that quote nothing. Children that nobody knows are passed over. */
export function readRelay({ payload, id }: Pick<IqRequest, 'payload' | 'id'>): Relay | string {
  const client = textOf(payload.getChild('client', ns.push2));
  if (client === undefined) return 'the notification has no client';
  if (client.length > longestClient) return `the client is longer than ${longestClient} characters`;
  const message = readMessage(payload);
  if (typeof message === 'string') return message;
  const vapid = readVapid(payload.getChild('jwt', ns.push2));
  if (typeof vapid === 'string') return vapid;
  return { client: ownText(client), id: readId(id), notification: readNotification(payload), sealed: { message, vapid } };
}

/** `<voip/>` is mod_push2's, and not in the text of the draft. */
function readNotification(payload: Element): Notification {
  const priority = textOf(payload.getChild('priority', ns.push2));
  const isCall = payload.getChild('voip', ns.push2) !== undefined;
  return {
    ...emptyNotification,
    priority: priority === 'high' || priority === 'low' ? priority : undefined,
    jingle: isCall ? call : undefined,
  };
}

function readMessage(payload: Element): Buffer | string | undefined {
  const encrypted = payload.getChild('encrypted', ns.sceRfc8291);
  if (encrypted === undefined) return undefined;
  const text = encrypted.getChildText('payload', ns.sceRfc8291)?.replace(/\s+/g, '') ?? '';
  if (text.length > longestPayload) return `the payload is larger than ${mostMessageBytes} bytes`;
  if (!/^[\w+/-]+={0,2}$/.test(text)) return 'the payload is not base64';
  const message = Buffer.from(text, 'base64');
  if (message.length > mostMessageBytes) return `the payload is larger than ${mostMessageBytes} bytes`;
  const isMessage = message.length >= leastMessageBytes && message[keyIdAt] === keyIdBytes;
  return isMessage ? message : 'the payload is no message in the content encoding aes128gcm';
}

function readVapid(jwt: Element | undefined): Sealed['vapid'] | string {
  if (jwt === undefined) return undefined;
  const token = textOf(jwt) ?? '';
  if (token.length > longestJwt || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return 'the jwt is no signed token';
  const spelled = String(jwt.attrs['key'] ?? '').trim();
  const key = /^[\w+/-]{80,100}={0,2}$/.test(spelled) ? Buffer.from(spelled, 'base64') : undefined;
  if (key?.length !== keyIdBytes || key[0] !== uncompressed) return 'the key of the jwt is no public key of P-256 in base64';
  return { token: ownText(token), key: key.toString('base64url') };
}

function readId(id: string): string {
  const lower = id.toLowerCase();
  return uuid.test(lower) ? ownText(lower) : randomUUID();
}

/** Without the white space that pretty-printing puts around it; undefined where nothing is left. */
function textOf(element: Element | undefined): string | undefined {
  const text = element?.getText().trim();
  return text === '' ? undefined : text;
}

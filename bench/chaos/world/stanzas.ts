import type { Answer, PushKind } from '../report/ledger.ts';

export const domain = 'push.example.org';
const host = 'example.org';

/** What a server publishes for a device: the number of the publish arrives at the push service. */
export function buildPublish(id: number, node: string, kind: PushKind): string {
  return (
    `<iq from='${host}' type='set' to='${domain}' id='publish-${id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
    `<item><notification xmlns='urn:xmpp:push:0'>${buildContent(id, kind)}</notification></item></publish></pubsub></iq>`
  );
}

/** As Tigase writes calls (tigase:push:encrypt:0) and what nobody needs to see (tigase:push:priority:0). */
function buildContent(id: number, kind: PushKind): string {
  switch (kind) {
    case 'message':
      return buildSummary({
        'message-count': '1',
        'last-message-sender': `romeo@${host}/orchard`,
        'last-message-body': `marker ${id}`,
      });
    case 'call':
      return (
        `<encrypted xmlns='tigase:push:encrypt:0' type='voip' iv='MTIzNDU2Nzg5MDEy'>marker ${id}</encrypted>` +
        `<priority xmlns='tigase:push:priority:0'>high</priority>`
      );
    case 'update':
      // A count of 0 would mean that all was read.
      return `${buildSummary({ 'message-count': String(id + 1) })}<priority xmlns='tigase:push:priority:0'>low</priority>`;
    default:
      return kind satisfies never;
  }
}

function buildSummary(fields: Readonly<Record<string, string>>): string {
  const all = Object.entries({ FORM_TYPE: 'urn:xmpp:push:summary', ...fields });
  return `<x type='form' xmlns='jabber:x:data'>${all.map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`).join('')}</x>`;
}

/** The number of the publish in what a push service was given; NaN where it is none of ours. */
export function readMarker(keys: Readonly<Record<string, unknown>>): number {
  const text = keys['body'] ?? keys['encrypted'];
  if (text === undefined) return Number(keys['unread-messages']) - 1;
  return typeof text === 'string' && text.startsWith('marker ') ? Number(text.slice('marker '.length)) : NaN;
}

/** What the push has in common with the same push by another way; undefined where it has none. */
export function readPushId(keys: Readonly<Record<string, unknown>>): string | undefined {
  const id = keys['push-id'];
  return typeof id === 'string' ? id : undefined;
}

export interface Registration {
  readonly id: string;
  readonly user: string;
  readonly provider: string;
  readonly token: string;
  readonly secondToken: string | undefined;
}

export function buildRegistration({ id, user, provider, token, secondToken }: Registration): string {
  const fields = Object.entries({ provider, 'device-token': token, 'device-second-token': secondToken });
  const form = fields.flatMap(([name, value]) => (value === undefined ? [] : `<field var='${name}'><value>${value}</value></field>`));
  return (
    `<iq from='${user}@${host}/phone' type='set' to='${domain}' id='${id}'><command xmlns='http://jabber.org/protocol/commands' ` +
    `node='register-device'><x xmlns='jabber:x:data' type='submit'>${form.join('')}</x></command></iq>`
  );
}

/** Undefined where the device was not registered. */
export function readNode(xml: string): string | undefined {
  return readField(xml, 'node');
}

/** What a device proves itself with over a connection of its own. */
export function readLocalSecret(xml: string): string | undefined {
  return readField(xml, 'local-push-secret');
}

function readField(xml: string, name: string): string | undefined {
  return new RegExp(`\\svar="${name}"[^>]*><value>([^<]+)<`).exec(xml)?.[1];
}

export function readAnswer(xml: string): Answer {
  if (/^<iq\s[^>]*type=["']result["']/.test(xml)) return { kind: 'result' };
  const [, attributes = '', condition = ''] = /<error\s([^>]*)>\s*<([a-z-]+)/.exec(xml) ?? [];
  return { kind: 'error', type: /type=["']([a-z]+)["']/.exec(attributes)?.[1] ?? '', condition };
}

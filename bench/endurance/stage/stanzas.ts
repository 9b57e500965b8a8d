import type { Answer, Kind } from '../book.ts';
import type { Device } from '../device.ts';

export const host = 'example.org';
export const domain = 'push.example.org';
export const admin = `admin@${host}`;

const commands = 'http://jabber.org/protocol/commands';

/** A push carries the id of its publish as the name of the sender, whatever its kind. */
export function readMarker(sender: unknown): number | undefined {
  const digits = typeof sender === 'string' ? /^m(\d+)@/.exec(sender)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** What a server publishes for a message with body, for a message of low priority, and for a call. */
export function buildPublish(id: number, kind: Kind, node: string): string {
  return (
    `<iq from='${host}' type='set' to='${domain}' id='publish-${id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
    `<item><notification xmlns='urn:xmpp:push:0'><x type='form' xmlns='jabber:x:data'>` +
    `<field type='hidden' var='FORM_TYPE'><value>urn:xmpp:push:summary</value></field>` +
    `<field type='text-single' var='message-count'><value>1</value></field>` +
    `<field type='jid-single' var='last-message-sender'><value>m${id}@${host}</value></field>${contents[kind]}</notification></item>` +
    `</publish></pubsub></iq>`
  );
}

const contents: Readonly<Record<Kind, string>> = {
  message: `<field type='text-single' var='last-message-body'><value>wherefore art thou?</value></field></x>`,
  update: `</x><priority xmlns='tigase:push:priority:0'>low</priority>`,
  call: `</x><jingle xmlns='tigase:push:jingle:0' sid='call' action='propose'><media>audio</media></jingle>`,
};

export function buildDeviceCommand(id: string, node: string, { owner, provider, token }: Registration): string {
  const fields = [`<field var='provider'><value>${provider}</value></field>`, `<field var='device-token'><value>${token}</value></field>`];
  return buildCommand(id, `${owner}/phone`, node, fields.join(''));
}

export interface Registration extends Pick<Device, 'owner' | 'token'> {
  /** The provider id. */
  readonly provider: string;
}

/** In one shot. */
export function buildCommand(id: string, from: string, node: string, fields = ''): string {
  return (
    `<iq from='${from}' type='set' to='${domain}' id='${id}'><command xmlns='${commands}' node='${node}'>` +
    `<x xmlns='jabber:x:data' type='submit'>${fields}</x></command></iq>`
  );
}

export function isResult(xml: string): boolean {
  return /^<iq\s[^>]*type=["']result["']/.test(xml);
}

/** Value of the field `node` of the form that a registration is answered with. */
export function readNode(xml: string): string | undefined {
  return /\svar="node"[^>]*><value>([^<]+)</.exec(xml)?.[1];
}

export function readAnswer(xml: string): Answer {
  if (isResult(xml)) return 'result';
  const [, attributes = '', condition = ''] = /<error\s([^>]*)>\s*<([a-z-]+)/.exec(xml) ?? [];
  const type = /type=["']([a-z]+)["']/.exec(attributes)?.[1];
  if (type === 'wait' && condition === 'internal-server-error') return 'wait';
  return type === 'cancel' && condition === 'item-not-found' ? 'item-not-found' : 'other';
}

import { randomBytes } from 'node:crypto';
import { type Element, xml } from '../../../src/xmpp/stanza/xml.ts';

const pushes = 'urn:xmpp:push:0';
const forms = 'jabber:x:data';

/** The server's side of XEP-0357, as Prosody's mod_cloud_notify plays it when told to pass on body and sender. */
export interface PushRegister {
  /** Takes `<enable/>` or `<disable/>` of a user; false where it is neither. */
  command(user: string, element: Element): boolean;
  /** Publishes to every node the user has enabled that this message came while he was away. */
  notify(user: string, message: Element): void;
  /** Takes the component's answer to a publish: a refusal that isn't temporary ends the registration. */
  answered(iq: Element): void;
}

interface Enabled {
  readonly jid: string;
  readonly node: string | undefined;
  readonly options: Element | undefined;
}

/** `send` delivers an IQ to the component or refuses it in the component's place. */
export function createPushRegister(domain: string, send: (iq: Element) => void): PushRegister {
  const enabled = new Map<string, Map<string, Enabled>>();
  const asked = new Map<string, { readonly user: string; readonly key: string }>();
  return {
    command(user, element) {
      if (element.getNS() !== pushes) return false;
      const service: Enabled = {
        jid: String(element.attrs['jid']),
        node: attribute(element, 'node'),
        options: element.getChild('x', forms),
      };
      const ofUser = enabled.get(user) ?? new Map<string, Enabled>();
      enabled.set(user, ofUser);
      if (element.name === 'enable') ofUser.set(keyOf(service), service);
      else forget(ofUser, service);
      return true;
    },
    notify(user, message) {
      for (const [key, service] of enabled.get(user) ?? []) {
        const id = randomBytes(16).toString('hex');
        asked.set(id, { user, key });
        send(xml('iq', { type: 'set', id, from: domain, to: service.jid }, publish(service, message)));
      }
    },
    answered(iq) {
      const id = String(iq.attrs['id']);
      const publish = asked.get(id);
      asked.delete(id);
      const isRefused = iq.attrs['type'] === 'error' && iq.getChild('error')?.attrs['type'] !== 'wait';
      if (publish !== undefined && isRefused) enabled.get(publish.user)?.delete(publish.key);
    },
  };
}

function attribute(element: Element, name: string): string | undefined {
  const value: unknown = element.attrs[name];
  return typeof value === 'string' ? value : undefined;
}

const keyOf = (service: Enabled): string => `${service.jid}<${service.node ?? ''}`;

/** Without a node every registration at this service goes (XEP-0357 §6). */
function forget(ofUser: Map<string, Enabled>, service: Enabled): void {
  for (const [key, each] of ofUser)
    if (each.jid === service.jid && (service.node === undefined || each.node === service.node)) ofUser.delete(key);
}

function publish(service: Enabled, message: Element): Element {
  const options = service.options === undefined ? undefined : xml('publish-options', {}, service.options);
  return xml(
    'pubsub',
    { xmlns: 'http://jabber.org/protocol/pubsub' },
    xml('publish', { node: service.node }, xml('item', {}, notification(message))),
    options,
  );
}

const notification = (message: Element): Element =>
  xml(
    'notification',
    { xmlns: pushes },
    xml(
      'x',
      { xmlns: forms, type: 'form' },
      xml('field', { type: 'hidden', var: 'FORM_TYPE' }, xml('value', {}, 'urn:xmpp:push:summary')),
      xml('field', { type: 'text-single', var: 'message-count' }, xml('value', {}, '1')),
      xml('field', { type: 'text-single', var: 'pending-subscription-count' }),
      xml('field', { type: 'jid-single', var: 'last-message-sender' }, xml('value', {}, String(message.attrs['from']))),
      xml('field', { type: 'text-single', var: 'last-message-body' }, xml('value', {}, message.getChildText('body') ?? '')),
    ),
  );

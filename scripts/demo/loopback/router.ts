import { childElements, type Element, xml } from '../../../src/xmpp/stanza/xml.ts';
import type { ComponentDoor } from './component.ts';
import type { ClientDoor } from './login.ts';
import { createPushRegister } from './push.ts';

type Send = (stanza: Element) => void;

const stanzaErrors = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** Brings every stanza of the loopback host to where it belongs. */
export class Router {
  readonly #domain: string;
  readonly #componentJid: string;
  readonly #sessions = new Map<string, Send>();
  readonly #push;
  #component: Send | undefined;

  constructor(domain: string, componentJid: string) {
    this.#domain = domain;
    this.#componentJid = componentJid;
    this.#push = createPushRegister(domain, (iq) => this.#toComponent(iq));
  }

  clientDoor(): Pick<ClientDoor, 'arrived' | 'left' | 'stanza'> {
    return {
      arrived: (jid, send) => void this.#sessions.set(jid, send),
      left: (jid) => void this.#sessions.delete(jid),
      stanza: (from, stanza) => {
        stanza.attrs['from'] = from;
        this.#route(stanza, from);
      },
    };
  }

  componentDoor(): Pick<ComponentDoor, 'arrived' | 'left' | 'stanza'> {
    return {
      arrived: (send) => (this.#component = send),
      left: () => (this.#component = undefined),
      stanza: (stanza) => this.#route(stanza, this.#componentJid),
    };
  }

  #route(stanza: Element, from: string): void {
    const to: unknown = stanza.attrs['to'];
    if (to === this.#componentJid) this.#toComponent(stanza);
    else if (stanza.name === 'message') this.#toUser(stanza, String(to));
    else if (typeof to === 'string' && to.includes('/')) this.#sessions.get(to)?.(stanza);
    else if (stanza.name === 'iq') this.#toServer(stanza, from);
  }

  #toComponent(stanza: Element): void {
    if (this.#component !== undefined) this.#component(stanza);
    else if (stanza.name === 'iq') this.#route(this.#errorReply(stanza, 'wait', 'remote-server-timeout'), this.#componentJid);
  }

  #toUser(message: Element, to: string): void {
    const [user = ''] = to.split('/');
    const present = [...this.#sessions].filter(([jid]) => jid.startsWith(`${user}/`));
    for (const [, send] of present) send(message);
    if (present.length === 0 && message.getChild('body') !== undefined) this.#push.notify(user, message);
  }

  #toServer(iq: Element, from: string): void {
    if (iq.attrs['type'] === 'result' || iq.attrs['type'] === 'error') {
      this.#push.answered(iq);
      return;
    }
    const request = childElements(iq)[0];
    const [user = ''] = from.split('/');
    const isDone = request !== undefined && (request.attrs['xmlns'] === 'urn:xmpp:ping' || this.#push.command(user, request));
    this.#route(isDone ? this.#reply(iq, 'result') : this.#errorReply(iq, 'cancel', 'service-unavailable'), this.#domain);
  }

  #reply(iq: Element, type: 'result' | 'error', ...children: Element[]): Element {
    const { id, from, to } = iq.attrs as Record<string, string | undefined>;
    return xml('iq', { type, id, to: from, from: to ?? this.#domain }, ...children);
  }

  #errorReply(iq: Element, type: string, condition: string): Element {
    return this.#reply(iq, 'error', xml('error', { type }, xml(condition, { xmlns: stanzaErrors })));
  }
}

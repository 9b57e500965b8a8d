import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Ledger } from './ledger.ts';
import type { Link } from './link.ts';
import type { Service } from './services.ts';
import type { World } from './world.ts';
import { domain } from './world.ts';

const host = 'example.org';
const lookMs = 20;
const registrationLimitMs = 60_000;

let devices = 0;

/** The scripted XMPP server's traffic: it writes every publish and every answer into the ledger. */
export class Traffic {
  readonly #world: World;
  readonly #ledger: Ledger;
  /** Answers to what is no publish, by id. */
  readonly #waiting = new Map<string, (xml: string) => void>();
  readonly #known = new WeakSet<Link>();

  constructor(world: World, ledger: Ledger) {
    this.#world = world;
    this.#ledger = ledger;
    for (const instance of world.instances) {
      instance.onLink = (link) => this.#adopt(link, (since, now) => instance.stalledMs(since, now));
      if (instance.link !== undefined) instance.onLink(instance.link);
    }
  }

  /** Registers that many devices, in turn at each service, and settles with their nodes. */
  async register(link: Link, count: number): Promise<readonly string[]> {
    const services = Object.values(this.#world.services);
    const nodes = Array.from({ length: count }, (_, index) => this.#register(link, services[index % services.length]));
    const timeout = sleep(registrationLimitMs, undefined, { ref: false }).then(() =>
      Promise.reject(new Error('not all devices registered')),
    );
    return Promise.race([Promise.all(nodes), timeout]);
  }

  /** One message for the node, over this link. */
  publish(node: string, link: Link): void {
    const id = this.#ledger.published(node, link.number, performance.now());
    this.#open.get(link)?.add(id);
    link.write(buildPublish(id, node));
  }

  /** Reads what the push services accepted since the last time. */
  collect(): void {
    for (const service of Object.values(this.#world.services))
      for (const body of service.takeBodies()) this.#ledger.pushed(Number(body.replace('marker ', '')));
  }

  /** Settles when every publish has ended; after the limit what has not stays so in the ledger. */
  async answered(limitMs: number): Promise<void> {
    const limit = performance.now() + limitMs;
    while (this.#ledger.open > 0 && performance.now() < limit) await sleep(lookMs);
  }

  readonly #open = new WeakMap<Link, Set<number>>();

  #adopt(link: Link, stalledMs: (since: number, now: number) => number): void {
    if (this.#known.has(link)) return;
    this.#known.add(link);
    const open = new Set<number>();
    this.#open.set(link, open);
    const end = (id: number, answer: Answer) => {
      if (!open.delete(id)) return;
      const at = performance.now();
      this.#ledger.ended(id, answer, at, stalledMs(this.#ledger.publishes[id]?.sentAt ?? at, at));
    };
    link.onStanza = (id, xml) => {
      if (id.startsWith('publish-')) end(Number(id.slice('publish-'.length)), readAnswer(xml));
      else this.#waiting.get(id)?.(xml);
    };
    link.onClosed = () => {
      for (const id of [...open]) end(id, { kind: 'link-lost' });
    };
  }

  async #register(link: Link, service: Service | undefined): Promise<string> {
    if (service === undefined) throw new Error('no service');
    const id = `register-${(devices += 1)}`;
    const answer = new Promise<string>((resolve) => this.#waiting.set(id, resolve));
    link.write(
      `<iq from='user${devices}@${host}/phone' type='set' to='${domain}' id='${id}'><command xmlns='http://jabber.org/protocol/commands' ` +
        `node='register-device'><x xmlns='jabber:x:data' type='submit'><field var='provider'><value>${service.provider}</value></field>` +
        `<field var='device-token'><value>${service.buildToken()}</value></field></x></command></iq>`,
    );
    const xml = await answer.finally(() => this.#waiting.delete(id));
    const node = /\svar="node"[^>]*><value>([^<]+)</.exec(xml)?.[1];
    if (node === undefined) throw new Error(`not registered: ${xml}`);
    return node;
  }
}

function buildPublish(id: number, node: string): string {
  return (
    `<iq from='${host}' type='set' to='${domain}' id='publish-${id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
    `<item><notification xmlns='urn:xmpp:push:0'><x type='form' xmlns='jabber:x:data'>` +
    `<field type='hidden' var='FORM_TYPE'><value>urn:xmpp:push:summary</value></field>` +
    `<field type='text-single' var='message-count'><value>1</value></field>` +
    `<field type='jid-single' var='last-message-sender'><value>romeo@${host}/orchard</value></field>` +
    `<field type='text-single' var='last-message-body'><value>marker ${id}</value></field></x></notification></item></publish></pubsub></iq>`
  );
}

function readAnswer(xml: string): Answer {
  if (/^<iq\s[^>]*type=["']result["']/.test(xml)) return { kind: 'result' };
  const [, attributes = '', condition = ''] = /<error\s([^>]*)>\s*<([a-z-]+)/.exec(xml) ?? [];
  return { kind: 'error', type: /type=["']([a-z]+)["']/.exec(attributes)?.[1] ?? '', condition };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Ledger, PushKind } from './ledger.ts';
import type { Link } from './link.ts';
import type { Service } from './services.ts';
import { buildPublish, buildRegistration, readAnswer, readNode } from './stanzas.ts';
import type { World } from './world.ts';

const lookMs = 20;
const registrationLimitMs = 60_000;

let devices = 0;

/** The scripted XMPP server's traffic: it writes every publish and every answer into the ledger. */
export class Traffic {
  readonly #world: World;
  readonly #ledger: Ledger;
  /** Answers to what is no publish, by id. */
  readonly #waiting = new Map<string, (xml: string) => void>();
  readonly #open = new WeakMap<Link, Set<number>>();
  /** By node. */
  readonly #services = new Map<string, Service['name']>();
  /** Pushes whose time was over when the service took them: it tries those once, and not when the phone comes back. */
  stale = 0;

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

  /** One publish for the node, over this link. */
  publish(node: string, link: Link, kind: PushKind = 'message'): void {
    const service = this.#services.get(node) ?? 'apns';
    const id = this.#ledger.published(node, link.number, performance.now(), { kind, service });
    this.#open.get(link)?.add(id);
    link.write(buildPublish(id, node, kind));
  }

  /** Reads what the push services accepted since the last time. */
  collect(): void {
    for (const service of Object.values(this.#world.services)) {
      for (const { marker, isStale } of service.takePushes()) {
        this.#ledger.pushed(marker);
        if (isStale) this.stale += 1;
      }
    }
  }

  /** Settles when every publish has ended; after the limit what has not stays so in the ledger. */
  async answered(limitMs: number): Promise<void> {
    const limit = performance.now() + limitMs;
    while (this.#ledger.open > 0 && performance.now() < limit) await sleep(lookMs);
  }

  #adopt(link: Link, stalledMs: (since: number, now: number) => number): void {
    if (this.#open.has(link)) return;
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
    const { provider, buildToken, hasCallTokens } = service;
    const secondToken = hasCallTokens ? buildToken() : undefined;
    link.write(buildRegistration({ id, user: `user${devices}`, provider, token: buildToken(), secondToken }));
    const xml = await answer.finally(() => this.#waiting.delete(id));
    const node = readNode(xml);
    if (node === undefined) throw new Error(`not registered: ${xml}`);
    this.#services.set(node, service.name);
    return node;
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Ledger, PushKind } from './report/ledger.ts';
import type { Link } from './world/link.ts';
import type { Service, Taken } from './world/services.ts';
import { buildPublish, buildRegistration, readAnswer, readLocalSecret, readNode } from './world/stanzas.ts';
import type { World } from './world/world.ts';

const lookMs = 20;
const registrationLimitMs = 300_000;
/** A busy machine refuses more as temporary. */
const registeredAtOnce = 100;

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
  /** What devices connect with, by node. */
  readonly secrets = new Map<string, string>();
  /** Told of each push that a service accepted. */
  onTaken: (taken: Taken) => void = () => undefined;
  /** Numbers of pushes whose time was over, by what they said, when the service took them: it tries those once, and not when the phone comes back. */
  readonly stale: number[] = [];

  constructor(world: World, ledger: Ledger) {
    this.#world = world;
    this.#ledger = ledger;
    for (const instance of world.instances) {
      instance.onLink = (link) => this.#adopt(link, (since, now) => instance.stalledMs(since, now));
      if (instance.link !== undefined) instance.onLink(instance.link);
    }
  }

  /** Registers that many devices, in turn at each service, and settles with their nodes; rejects where that takes minutes. */
  async register(link: Link, count: number): Promise<readonly string[]> {
    const services = Object.values(this.#world.services);
    const signal = AbortSignal.timeout(registrationLimitMs);
    const nodes: string[] = [];
    while (nodes.length < count) {
      const length = Math.min(registeredAtOnce, count - nodes.length);
      const some = Array.from({ length }, (_, index) => this.#register(link, services[(nodes.length + index) % services.length], signal));
      nodes.push(...(await Promise.all(some)));
    }
    return nodes;
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
      for (const taken of service.takePushes()) {
        const { marker, isStale } = taken;
        this.#ledger.pushed(marker);
        this.onTaken(taken);
        if (isStale) this.stale.push(marker);
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

  /** Refused as temporary, it may have happened all the same: the same again has the same node. */
  async #register(link: Link, service: Service | undefined, signal: AbortSignal): Promise<string> {
    if (service === undefined) throw new Error('no service');
    const { provider, buildToken, hasCallTokens } = service;
    const device = { user: `user${(devices += 1)}`, provider, token: buildToken(), secondToken: hasCallTokens ? buildToken() : undefined };
    for (let round = 1; ; round += 1) {
      const id = `register-${device.user}-${round}`;
      const xml = await this.#ask(link, id, buildRegistration({ id, ...device }), signal);
      const node = readNode(xml);
      if (node !== undefined) {
        this.#services.set(node, service.name);
        this.secrets.set(node, readLocalSecret(xml) ?? '');
        return node;
      }
      if (!xml.includes('type="wait"')) throw new Error(`not registered: ${xml}`);
    }
  }

  async #ask(link: Link, id: string, iq: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const abort = () => reject(new Error('not all devices registered in time'));
    signal.addEventListener('abort', abort, { once: true });
    this.#waiting.set(id, resolve);
    link.write(iq);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#waiting.delete(id);
    }
  }
}

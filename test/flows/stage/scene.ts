import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, connectClient } from '../../servers/client.ts';
import type { XmppHost } from '../../servers/host.ts';
import { type ReveilleProcess, startReveille } from '../../servers/reveille.ts';
import { describeAnswer, type Publish, publishesTo } from '../../servers/publishes.ts';
import type { Tap } from '../../servers/tap.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import type { PushService } from './push-service.ts';
import { commandFields, parseStanza, registerDevice } from './stanzas.ts';

export const password = 'secret';

interface Parts {
  readonly host: XmppHost;
  readonly tap: Tap;
  readonly pushService: PushService;
  readonly bob: Client;
  readonly reveille: ReveilleProcess;
  readonly configFile: string;
}

/** A device that a user has registered and enabled. */
export interface Device {
  readonly user: string;
  readonly token: string;
  readonly node: string;
}

/**
 * A real server with the users alice (away unless a test says otherwise) and bob (who writes), Reveille attached to it
 * through a tap, and a push service behind Reveille.
 */
export class Scene {
  readonly host: XmppHost;
  readonly tap: Tap;
  readonly pushService: PushService;
  bob: Client;
  reveille: ReveilleProcess;
  readonly #configFile: string;

  constructor(parts: Parts) {
    this.host = parts.host;
    this.tap = parts.tap;
    this.pushService = parts.pushService;
    this.bob = parts.bob;
    this.reveille = parts.reveille;
    this.#configFile = parts.configFile;
  }

  logIn(name: string): Promise<Client> {
    return connectClient(this.host, name, password);
  }

  /** Alice's phone registers, enables push at her server and goes away. */
  async registerAlice(token = randomToken()): Promise<Device> {
    const alice = await this.logIn('alice');
    const answer = parseStanza(await alice.iq('set', registerDevice(token), this.host.componentJid));
    const node = commandFields(answer).get('node');
    if (node === undefined) throw new Error(`not registered: ${answer.toString()}`);
    const enabled = parseStanza(await alice.iq('set', `<enable xmlns='urn:xmpp:push:0' jid='${this.host.componentJid}' node='${node}'/>`));
    if (enabled.attrs['type'] !== 'result') throw new Error(`not enabled: ${enabled.toString()}`);
    await alice.goOffline();
    return { user: `alice@${this.host.domain}`, token, node };
  }

  /** Bob writes to somebody who is away. */
  async write(to: string, text = 'Are you there?'): Promise<void> {
    await this.bob.send(`<message to='${to}' type='chat'><body>${text}</body></message>`);
  }

  /** The same, so that only their app can read it (OMEMO): no text that a server could pass on. */
  async writeEncrypted(to: string): Promise<void> {
    const encrypted = `<header sid='1'><key rid='2'>AAAA</key><iv>AAAA</iv></header><payload>AAAA</payload>`;
    const hint = `<store xmlns='urn:xmpp:hints'/>`;
    await this.bob.send(
      `<message to='${to}' type='chat'><encrypted xmlns='eu.siacs.conversations.axolotl'>${encrypted}</encrypted>${hint}</message>`,
    );
  }

  publishes(node: string): Publish[] {
    return publishesTo(this.tap, node);
  }

  /** Settles with our answer to the n-th publish (counted from 1) to a node. */
  async answer(node: string, count: number): Promise<string> {
    const answer = await waitFor(`the answer to publish ${count}`, () => this.publishes(node)[count - 1]?.answer()).catch(
      (cause: unknown) => {
        throw new Error(`no publish ${count}, or no answer\n${this.host.log().slice(-4000)}`, { cause });
      },
    );
    return describeAnswer(answer);
  }

  /**
   * Settles when the server is done with the messages and answers that were sent before: Bob's ping goes behind his messages
   * to the component and comes back behind our answers.
   */
  async settled(): Promise<void> {
    await this.#ping();
  }

  async startReveilleAgain(): Promise<void> {
    this.reveille = await startReveille(this.#configFile);
  }

  /** Settles when the server and Reveille's link to it are there again. */
  async restartHost(): Promise<void> {
    await this.bob.goOffline();
    await this.host.restart();
    this.bob = await this.logIn('bob');
    const deadline = Date.now() + 30_000;
    while ((await this.#ping()) !== 'result' && Date.now() < deadline) await pause(100);
  }

  /** Ends what may have been started again since the scene was opened. */
  async close(): Promise<void> {
    await this.bob.goOffline();
    await this.reveille.stop();
  }

  async #ping(): Promise<string> {
    return describeAnswer(parseStanza(await this.bob.iq('get', "<ping xmlns='urn:xmpp:ping'/>", this.host.componentJid)));
  }
}

/** A token of the length that APNs hands out, in capitals as Siskin IM sends it. */
export function randomToken(): string {
  return randomBytes(32).toString('hex').toUpperCase();
}

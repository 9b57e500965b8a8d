import { setTimeout as pause } from 'node:timers/promises';
import { logIn, type Phone } from '../../../scripts/demo/stage/phone.ts';
import { xml } from '../../../src/xmpp/stanza/xml.ts';
import type { XmppHost } from '../../servers/host.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { type Device, password } from './scene.ts';

const tickMs = 20;
/** What a tick may catch up at most: a machine that stood still shall not be followed by a burst. */
const burstMs = 500;
/** A server on a busy machine may be minutes behind. */
const settleLimitMs = 600_000;

/** Users who are there and write to those who are away. No two messages have the same text. */
export class Senders {
  readonly #phones: readonly Phone[];
  readonly #domain: string;
  #sent = 0;

  private constructor(phones: readonly Phone[], domain: string) {
    this.#phones = phones;
    this.#domain = domain;
  }

  /** Their owner calls close. */
  static async open(host: XmppHost, count: number): Promise<Senders> {
    const names = Array.from({ length: count }, (_, index) => `sender${index}`);
    await Promise.all(names.map((name) => host.addUser(name, password)));
    return new Senders(await Promise.all(names.map((name) => logIn(host, name, password))), host.domain);
  }

  /** Messages so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Settles with the text once the message has left. */
  async write(device: Device): Promise<string> {
    const text = `message ${++this.#sent}`;
    await this.#phones[this.#sent % this.#phones.length]?.write(device.user, text);
    return text;
  }

  /** To one device after the other, so many a second, until the signal; settles when the last message has left. */
  async writeSteadily(devices: readonly Device[], perSecond: number, signal: AbortSignal): Promise<void> {
    const allowance = (burstMs * perSecond) / 1_000;
    let due = 0;
    let last = performance.now();
    let next = 0;
    while (!signal.aborted) {
      due = Math.min(allowance, due + ((performance.now() - last) * perSecond) / 1_000);
      last = performance.now();
      for (; due >= 1; due -= 1) {
        const device = devices[next++ % devices.length];
        if (device !== undefined) await this.write(device);
      }
      await pause(tickMs);
    }
  }

  /** Settles when the server is done with every message so far: it answers a ping that came behind them. */
  async settled(): Promise<void> {
    const ping = (phone: Phone) => {
      const answer = phone.iq('get', xml('ping', { xmlns: 'urn:xmpp:ping' }), this.#domain);
      return answer.then(
        () => true,
        () => false, // it took too long: the server is still busy
      );
    };
    await Promise.all(this.#phones.map((phone) => waitFor('the server', () => ping(phone), settleLimitMs)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#phones.map((phone) => phone.goOffline()));
  }
}

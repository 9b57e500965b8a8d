import { setTimeout as sleep } from 'node:timers/promises';
import { type Device, enableAndLeave, register } from '../devices.ts';
import type { Narrator } from '../narrator.ts';
import { logIn, type Phone } from '../stage/phone.ts';
import type { PushService } from '../stage/push-service.ts';
import { password, type Stage } from '../stage/stage.ts';

/** Those who are away. Half of them have a phone of Apple's make. */
export const crowd = ['dora', 'emil', 'frida', 'georg', 'hanna', 'ida'] as const;

const betweenMessagesMs = 500; // on the average
/** Long enough to see the dead token in the chart. */
const reinstallAfterMs = 15_000;

const texts = ['Are you there?', 'Lunch at noon?', 'Look at this', 'Call me when you can', 'See you tomorrow', 'Thanks!'];

/** People who are away, and somebody who keeps writing to them. */
export class Crowd {
  readonly #narrator: Narrator;
  readonly #stage: Stage;
  readonly #devices = new Map<string, Device>();
  #turn = 0;

  constructor(narrator: Narrator, stage: Stage) {
    this.#narrator = narrator;
    this.#stage = stage;
  }

  async moveIn(): Promise<void> {
    for (const name of crowd) await this.#install(name);
  }

  /** Writes to one after the other, so that their server publishes. Settles when the signal says so; rejects where a step fails. */
  async write(from: Phone, signal: AbortSignal): Promise<void> {
    const { domain } = this.#stage.host;
    for (let n = 0; !signal.aborted; n += 1) {
      await from.write(`${crowd[n % crowd.length] ?? ''}@${domain}`, texts[n % texts.length] ?? '');
      await sleep(2 * betweenMessagesMs * Math.random(), undefined, { signal }).catch(() => undefined);
    }
  }

  /** The next one in turn deletes the app, and has it again after a while. Settles then. */
  async lose(signal: AbortSignal): Promise<void> {
    const name = crowd[this.#turn % crowd.length] ?? crowd[0];
    this.#turn += 1;
    const device = this.#devices.get(name);
    if (device === undefined) {
      this.#narrator.say(`${name} has no app just now.`);
      return;
    }
    this.#devices.delete(name);
    device.service.removeApp(device.token);
    this.#narrator.say(`${device.name} has no app any more: its token is dead.`);
    await sleep(reinstallAfterMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await this.#install(name);
  }

  async #install(name: string): Promise<void> {
    const { apple, google } = this.#stage;
    const service: PushService = crowd.findIndex((one) => one === name) % 2 === 0 ? apple : google;
    const phone = await logIn(this.#stage.host, name, password);
    const kind = service === apple ? 'iPhone' : 'Android phone';
    const handset = { name: `${name.charAt(0).toUpperCase()}${name.slice(1)}’s ${kind}`, phone, service };
    const device = await register(this.#narrator, this.#stage, handset);
    await enableAndLeave(this.#narrator, this.#stage, device);
    this.#devices.set(name, device);
  }
}

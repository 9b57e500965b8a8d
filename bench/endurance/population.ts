import type { Random } from '../base/random.ts';
import { serviceNames, type Device, type ServiceName } from './device.ts';
import { Unanswered } from './stage/scripted-server.ts';
import type { Stage } from './stage/stage.ts';
import { buildDeviceCommand, domain, host, isResult, readNode } from './stage/stanzas.ts';

const atOnce = 100;
const restLimitMs = 30_000;

/** The devices of the run: they come, go and die. */
export class Population {
  /** All that ever were, by their index. */
  readonly devices: Device[] = [];
  /** What should not have happened. */
  readonly troubles: string[] = [];
  /** Those that the server publishes to; it does not know at once that one is gone. */
  readonly #published: Device[] = [];
  readonly #stage: Stage;
  readonly #random: Random;
  #owners = 0;

  constructor(stage: Stage, random: Random) {
    this.#stage = stage;
    this.#random = random;
  }

  get alive(): readonly Device[] {
    return this.#published.filter(({ endedAt }) => endedAt === undefined);
  }

  /** In turn at each service. */
  async registerMany(count: number): Promise<void> {
    for (let done = 0; done < count; done += atOnce)
      await Promise.all(
        Array.from({ length: Math.min(atOnce, count - done) }, (_, index) => this.register(serviceNames[index % 2] ?? 'apns')),
      );
  }

  /** One more device; where the link was lost on the way, none that anybody knows of. */
  async register(service: ServiceName): Promise<void> {
    const { services, server } = this.#stage;
    const { provider } = services[service];
    const registration = { owner: `user${(this.#owners += 1)}@${host}`, token: services[service].buildToken(), provider };
    const answer = await ignoreUnanswered(server.ask((id) => buildDeviceCommand(id, 'register-device', registration)));
    if (answer === undefined) return;
    const node = readNode(answer);
    if (node === undefined) return void this.troubles.push(`not registered: ${answer}`);
    const { owner, token } = registration;
    const device: Device = { index: this.devices.length, owner, token, service, node, endedAt: undefined };
    this.devices.push(device);
    this.#published.push(device);
  }

  /** Half of the traffic goes to a tenth of the devices, so that pushes replace each other there, and hardly do so elsewhere. */
  pick(): Device | undefined {
    const count = this.#published.length;
    const busy = Math.ceil(count / 10);
    return this.#published[this.#random.below(2) === 0 ? this.#random.below(busy) : this.#random.below(count)];
  }

  /** The server was told that the device is not there. */
  forget(device: Device): void {
    const at = this.#published.indexOf(device);
    if (at < 0) return;
    const last = this.#published.pop();
    if (last !== undefined && last !== device) this.#published[at] = last;
  }

  /** Its service calls the token of one dead from now on. */
  die(): void {
    const device = this.#draw();
    if (device !== undefined) this.#stage.services[device.service].end(device.token);
  }

  /** One is unregistered, by the ad-hoc command of its app. */
  async unregisterByCommand(): Promise<void> {
    const device = this.#draw();
    if (device === undefined) return;
    const { provider } = this.#stage.services[device.service];
    const iq = (id: string) => buildDeviceCommand(id, 'unregister-device', { ...device, provider });
    const answer = await ignoreUnanswered(this.#stage.server.ask(iq));
    if (answer !== undefined && !isResult(answer)) this.troubles.push(`not unregistered: ${answer}`);
  }

  /** The same over REST. */
  async unregisterByRest(): Promise<void> {
    const device = this.#draw();
    if (device === undefined) return;
    const { owner: account, token } = device;
    const response = await fetch(`${this.#stage.reveille.origin}/unregister-device/${domain}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, provider: this.#stage.services[device.service].provider, 'device-token': token }),
      signal: AbortSignal.timeout(restLimitMs),
    });
    const text = await response.text();
    if (!text.includes('"success"')) this.troubles.push(`not unregistered over REST: ${response.status} ${text}`);
  }

  /** One that is alive, and from now on may not be. */
  #draw(): Device | undefined {
    const { alive } = this;
    const device = alive[this.#random.below(alive.length)];
    if (device !== undefined) device.endedAt = performance.now();
    return device;
  }
}

async function ignoreUnanswered(answer: Promise<string>): Promise<string | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Unanswered) return undefined;
    throw error;
  }
}

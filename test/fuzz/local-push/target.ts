import { apns, nodeOf, registerRequest, startTestApp, type TestApp } from '../../helpers/app.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { connectDevice, type Device } from '../../local-push/device.ts';
import { fieldOf } from '../../local-push/scene.ts';
import { buildPublish, describeAnswer, message, readMetric } from '../../push/delivery/scene.ts';
import { exchange } from '../rest/exchange.ts';
import type { Subject, Target } from '../target.ts';
import { buildBytes } from './build-bytes.ts';
import { inputs, type LocalPushInput } from './inputs.ts';

const healthEvery = 50;

/** What strangers say to local push, to the whole program in this process. */
export const target: Target<LocalPushInput> = { name: 'local-push', inputs, open: () => LocalPushSubject.open() };

/** Beside all the strangers there is one phone that is connected, and has to get its pushes. */
class LocalPushSubject implements Subject<LocalPushInput> {
  readonly outcomes = new Map<string, number>();
  readonly #app: TestApp;
  readonly #node: string;
  readonly #device: Device;
  #fed = 0;

  private constructor(app: TestApp, node: string, device: Device) {
    this.#app = app;
    this.#node = node;
    this.#device = device;
  }

  static async open(): Promise<LocalPushSubject> {
    const app = await startTestApp({ http: { trustProxy: true }, localPush: { providers: [apns] } });
    const form = await app.ask(registerRequest('protected@example.net', apns, 'accept-protected'));
    const node = nodeOf(form);
    const device = await connectDevice(app.app.httpPort, { node, secret: fieldOf(form, 'local-push-secret') });
    return new LocalPushSubject(app, node, device);
  }

  async feed(input: LocalPushInput): Promise<void> {
    this.#fed += 1;
    const number = this.#fed;
    if (number % healthEvery === 0) await this.#checkHealth();
    // A client for each input, so that none uses up the allowance of others.
    const client = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
    const { text } = await exchange(this.#app.app.httpPort, buildBytes(input, { client, node: this.#node }), input.pieces, false);
    if (/"type":"(?:welcome|push)"/.test(text)) throw new Error(`a stranger is welcome: ${JSON.stringify(text.slice(0, 400))}`);
    const complaint = this.#app.log.splice(0).find((line) => /"level":"(?:warn|error)"/.test(line));
    if (complaint !== undefined) throw new Error(`a complaint in the log: ${complaint}`);
    const ending = /"code":(\d+)/.exec(text)?.[1] ?? /^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 'nothing';
    this.outcomes.set(ending, (this.outcomes.get(ending) ?? 0) + 1);
  }

  async close(): Promise<void> {
    try {
      await this.#checkHealth();
      const series = 'reveille_local_connections{transport="websocket"}';
      await waitFor('nobody but the phone', async () => (await readMetric(this.#app, series)) === 1);
    } finally {
      this.#device.close();
      await this.#app.close();
    }
  }

  async #checkHealth(): Promise<void> {
    const before = this.#device.pushes().length;
    const answer = describeAnswer(await this.#app.ask(buildPublish(this.#node, message('hello'))));
    if (answer !== 'result' || this.#device.pushes().length === before) throw new Error(`a push to the connected phone: ${answer}`);
  }
}

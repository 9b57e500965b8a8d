import { randomBytes } from 'node:crypto';
import { push, startTestApp, type TestApp } from '../../helpers/app.ts';
import { call } from '../../rest/client.ts';
import type { Subject, Target } from '../target.ts';
import { buildBytes } from './build-request.ts';
import { exchange } from './exchange.ts';
import { inputs, type RestInput } from './inputs.ts';
import { readResponses } from './responses.ts';

const protectedDevices = 40;
const healthEvery = 50;
const mostHeapBytes = 600_000_000;

/** Requests over HTTP, to the whole program in this process. */
export const target: Target<RestInput> = { name: 'rest', inputs, open: () => RestSubject.open() };

/** What went over a connection. */
interface Sent {
  readonly bytes: Buffer;
  readonly isOne: boolean;
}

interface KnownDevice {
  readonly account: string;
  readonly token: string;
}

class RestSubject implements Subject<RestInput> {
  readonly outcomes = new Map<string, number>();
  readonly #app: TestApp;
  readonly #port: number;
  /** Named in no input: nothing may remove them. */
  readonly #protected: readonly KnownDevice[];
  #fed = 0;

  private constructor(app: TestApp, devices: readonly KnownDevice[]) {
    this.#app = app;
    this.#port = app.app.httpPort;
    this.#protected = devices;
  }

  static async open(): Promise<RestSubject> {
    const app = await startTestApp({ http: { trustProxy: true } });
    const devices = Array.from({ length: protectedDevices }, (_, index) => ({
      account: `protected${index}@example.net`,
      token: buildToken(),
    }));
    for (const { account, token } of devices) await app.register(token, account);
    return new RestSubject(app, devices);
  }

  async feed(input: RestInput): Promise<void> {
    this.#fed += 1;
    if (this.#fed % healthEvery === 0) await this.#checkHealth();
    // An account for each input, so that none uses up the allowance of others.
    const device = { account: `user${this.#fed}@example.net`, token: buildToken() };
    const isKnown = namesKnown(input);
    if (isKnown) await this.#app.register(device.token, device.account);
    const bytes = buildBytes(input, { client: buildClient(this.#fed), account: device.account, known: device.token });
    const received = await exchange(this.#port, bytes, input.pieces, input.isHeldOpen === true);
    this.#count(readResponses(received, bytes.includes('HEAD')));
    this.#checkLog();
    if (isKnown) await this.#checkDevice(device, { bytes, isOne: input.times === 1 }, received.text);
  }

  async close(): Promise<void> {
    try {
      await this.#checkHealth();
      for (const device of this.#protected)
        if (!(await this.#unregister(device))) throw new Error('a device that no input named is not registered any more');
      this.#checkLog();
      const { heapUsed } = process.memoryUsage();
      if (heapUsed > mostHeapBytes) throw new Error(`${heapUsed} bytes of heap in use in the end`);
    } finally {
      await this.#app.close();
    }
  }

  /** It may be gone only where the input named account and token and was told so; otherwise a good request removes it now. */
  async #checkDevice({ account, token }: KnownDevice, { bytes, isOne }: Sent, answer: string): Promise<void> {
    const isThere = await this.#unregister({ account, token });
    // A boundary of chunks may go through the token.
    const text = bytes
      .toString('latin1')
      .toLowerCase()
      .replace(/\r\n[\da-f]+\r\n/g, '');
    const isNamed = text.includes(account) && text.includes(token);
    const isTold = answer.includes('{"result":"success"}');
    // The server was too busy to answer before our side was closed; of several at once only the first is heard.
    const isUnanswered = !/^HTTP\/1\.[01] [2-5]/m.test(answer);
    if (!isThere && isNamed && (isUnanswered || !isOne)) this.#count(['removed without an answer']);
    else if (!isThere && !(isNamed && isTold))
      throw new Error(`a device is gone, named: ${isNamed}, told: ${JSON.stringify(answer.slice(0, 200))}`);
    if (isThere && isTold) throw new Error('a device is called removed and is still there');
  }

  async #unregister({ account, token }: KnownDevice): Promise<boolean> {
    const body = JSON.stringify({ account, provider: 'tigase:messenger:apns:1', 'device-token': token });
    const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': buildClient(this.#fed, 11) };
    const reply = await call({ port: this.#port, path: `/unregister-device/${push}`, headers, body });
    if (reply.status === 200 && reply.body === '{"result":"success"}') return true;
    if (reply.status === 200 && reply.body === '{"result":"failure"}') return false;
    throw new Error(`a good request was answered ${reply.status} ${reply.body}`);
  }

  async #checkHealth(): Promise<void> {
    const { status } = await call({ port: this.#port, method: 'GET', path: '/healthz' });
    if (status !== 200) throw new Error(`/healthz answers ${status}`);
  }

  /** Nothing that a client sends is worth a complaint. */
  #checkLog(): void {
    const complaint = this.#app.log.splice(0).find((line) => /"level":"(?:warn|error)"/.test(line));
    if (complaint !== undefined) throw new Error(`a complaint in the log: ${complaint}`);
  }

  #count(statuses: readonly (number | string)[]): void {
    for (const status of statuses.length === 0 ? ['closed'] : statuses)
      this.outcomes.set(String(status), (this.outcomes.get(String(status)) ?? 0) + 1);
  }
}

function namesKnown({ request }: RestInput): boolean {
  return request.kind === 'http' && request.body.kind === 'device' && request.body.token.toLowerCase() === 'known';
}

/** A client for each input, so that none uses up the allowance of others. */
function buildClient(fed: number, net = 10): string {
  return `${net}.${(fed >> 16) & 255}.${(fed >> 8) & 255}.${fed & 255}`;
}

function buildToken(): string {
  return randomBytes(32).toString('hex');
}

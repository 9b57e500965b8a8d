import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type ClientHttp2Session } from 'node:http2';
import { untilIdle, type Load, type Workload } from '../measure.ts';
import { startPace } from '../pace.ts';
import type { Sample } from '../sink/main.ts';

export interface PushLoopOptions {
  readonly port: number;
  readonly ca: string;
  /** A push of the product: its headers and body are repeated, with another token and id each time. */
  readonly sample: Sample;
  readonly devices: number;
}

/** Keeps pushes in flight over one session, with nothing around node:http2. */
export class PushLoop implements Workload {
  latencies: number[] = [];
  failures = 0;
  ended = 0;
  readonly #session: ClientHttp2Session;
  readonly #body: string;
  readonly #headers: string[];
  readonly #pathAt: number;
  readonly #idAt: number;
  readonly #paths: readonly string[];
  #inFlight = 0;
  /** Of those in flight, how many have been answered and not replaced yet. */
  #free = 0;
  #isInBursts = false;
  #isStopping = false;
  #endPace: (() => void) | undefined;

  private constructor(session: ClientHttp2Session, { sample, devices }: PushLoopOptions) {
    this.#session = session;
    this.#body = sample.body;
    this.#headers = [...sample.headers];
    this.#pathAt = sample.headers.indexOf(':path') + 1;
    this.#idAt = sample.headers.indexOf('apns-id') + 1;
    this.#paths = Array.from({ length: devices }, () => `/3/device/${randomBytes(32).toString('hex')}`);
  }

  static async connect(options: PushLoopOptions): Promise<PushLoop> {
    const session = connect(`https://127.0.0.1:${options.port}`, { ca: options.ca, settings: { enablePush: false } });
    await once(session, 'remoteSettings');
    return new PushLoop(session, options);
  }

  start({ inFlight, inBursts, perSecond }: Load): void {
    this.#isStopping = false;
    this.#isInBursts = inBursts;
    this.#inFlight = inFlight;
    this.#free = inFlight;
    if (perSecond === undefined) this.#refill(inFlight);
    else this.#endPace = startPace(perSecond, (due) => this.#refill(due));
  }

  stop(): Promise<void> {
    this.#isStopping = true;
    this.#endPace?.();
    this.#endPace = undefined;
    this.#refill(this.#free);
    return untilIdle(() => this.#inFlight);
  }

  #push(): void {
    const sentAt = performance.now();
    const headers = [...this.#headers];
    headers[this.#pathAt] = this.#paths[Math.floor(Math.random() * this.#paths.length)] ?? '';
    headers[this.#idAt] = randomUUID();
    const stream = this.#session.request(headers);
    let status: number | undefined;
    stream.on('response', (response) => (status = response[':status']));
    stream.on('close', () => this.#finished(status, sentAt));
    stream.resume();
    stream.end(this.#body);
  }

  #finished(status: number | undefined, sentAt: number): void {
    if (status === 200) this.latencies.push(performance.now() - sentAt);
    else this.failures += 1;
    this.ended += 1;
    this.#free += 1;
    const isWaiting = this.#endPace !== undefined || (this.#isInBursts && this.#free < this.#inFlight);
    if (!isWaiting || this.#isStopping) this.#refill(this.#free);
  }

  #refill(most: number): void {
    for (let left = Math.min(most, this.#free); left > 0; left -= 1) {
      this.#free -= 1;
      if (this.#isStopping) this.#inFlight -= 1;
      else this.#push();
    }
  }
}

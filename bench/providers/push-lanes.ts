import type { Client } from '../faults/client.ts';
import { untilIdle, type Load, type Workload } from '../throughput/measure.ts';

/** Keeps pushes in flight through a client: each that is accepted makes room for the next. */
export class PushLanes implements Workload {
  latencies: number[] = [];
  failures = 0;
  ended = 0;
  readonly #client: Client;
  readonly #nextToken: () => string;
  #inFlight = 0;
  #isStopping = false;

  constructor(client: Client, nextToken: () => string) {
    this.#client = client;
    this.#nextToken = nextToken;
  }

  start({ inFlight }: Load): void {
    this.#isStopping = false;
    this.#inFlight = inFlight;
    for (let lane = 0; lane < inFlight; lane += 1) void this.#run();
  }

  stop(): Promise<void> {
    this.#isStopping = true;
    return untilIdle(() => this.#inFlight, 30_000);
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const startedAt = performance.now();
      const verdict = await this.#client.send(this.#nextToken());
      this.ended += 1;
      if (verdict === 'accepted') this.latencies.push(performance.now() - startedAt);
      else this.failures += 1;
    }
    this.#inFlight -= 1;
  }
}

import { waitUntil } from '../../src/base/wait-until.ts';
import { startHelper, type Helper } from '../base/helper.ts';
import type { DeviceCommands } from './devices.ts';

const processes = 2;
const atOnce = 100;
const backLimitMs = 300_000;
const lookMs = 50;

export interface CrowdCount {
  readonly connected: number;
  readonly pings: number;
  readonly pushes: number;
}

/** All devices, spread over some processes. */
export class Crowd {
  readonly #helpers: readonly Helper<DeviceCommands>[];
  readonly #size: number;

  /** Left to `cleanUp`. */
  constructor(size: number, cleanUp: AsyncDisposableStack) {
    this.#size = size;
    this.#helpers = Array.from({ length: processes }, () => startHelper<DeviceCommands>(new URL('devices.ts', import.meta.url)));
    for (const helper of this.#helpers) cleanUp.defer(() => helper.close());
  }

  /** Settles when all are connected. */
  async connect(url: string, secret: string, longestWaitMs?: number): Promise<void> {
    const placeOf = (index: number) => Math.floor((this.#size * index) / processes);
    await Promise.all(
      this.#helpers.map((helper, index) =>
        helper.ask('connect', { from: placeOf(index), to: placeOf(index + 1), url, secret, atOnce, longestWaitMs }),
      ),
    );
  }

  /** Throws where a device gave up: then nothing that is measured is true. */
  async count(): Promise<CrowdCount> {
    const counts = await Promise.all(this.#helpers.map((helper) => helper.ask('count', undefined)));
    const sum = (what: 'connected' | 'pings' | 'pushes' | 'stopped') => counts.reduce((total, count) => total + count[what], 0);
    if (sum('stopped') > 0) throw new Error(`${sum('stopped')} devices were told not to come back`);
    return { connected: sum('connected'), pings: sum('pings'), pushes: sum('pushes') };
  }

  /** Settles when so many are connected; rejects when that takes minutes. */
  async until(what: string, isReached: (count: CrowdCount) => boolean): Promise<void> {
    const limit = performance.now() + backLimitMs;
    for (;;) {
      const count = await this.count();
      if (isReached(count)) return;
      if (performance.now() > limit) throw new Error(`${what}: ${JSON.stringify(count)} after ${backLimitMs / 1000} s`);
      await waitUntil(() => false, lookMs);
    }
  }

  untilAll(): Promise<void> {
    return this.until('all connected', ({ connected }) => connected === this.#size);
  }
}

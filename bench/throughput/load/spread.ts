import type { Load, Workload } from '../measure.ts';

/** Several workloads as one: each gets an equal share of what is in flight. */
export class Spread implements Workload {
  readonly #parts: readonly Workload[];

  constructor(parts: readonly Workload[]) {
    this.#parts = parts;
  }

  get latencies(): number[] {
    return this.#parts.flatMap(({ latencies }) => latencies);
  }

  set latencies(values: number[]) {
    for (const part of this.#parts) part.latencies = [...values];
  }

  get failures(): number {
    return this.#parts.reduce((sum, { failures }) => sum + failures, 0);
  }

  set failures(value: number) {
    for (const part of this.#parts) part.failures = value;
  }

  get ended(): number {
    return this.#parts.reduce((sum, { ended }) => sum + ended, 0);
  }

  set ended(value: number) {
    for (const part of this.#parts) part.ended = value;
  }

  start({ inFlight, perSecond, ...load }: Load): void {
    const count = this.#parts.length;
    const share = perSecond === undefined ? undefined : perSecond / count;
    for (const [index, part] of this.#parts.entries()) {
      const own = Math.floor((inFlight * (index + 1)) / count) - Math.floor((inFlight * index) / count);
      part.start({ ...load, inFlight: own, perSecond: share });
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.stop()));
  }
}

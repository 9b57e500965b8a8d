/** Messages a minute, acknowledgements of pushes apart. */
const perMinute = 60;
const minuteMs = 60_000;

/** How many messages a device may still send: a minute's worth at once, refilled steadily. */
export class Allowance {
  #left = perMinute;
  #at = performance.now();

  /** False where it has used up its allowance. */
  take(now = performance.now()): boolean {
    this.#left = Math.min(perMinute, this.#left + ((now - this.#at) / minuteMs) * perMinute);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

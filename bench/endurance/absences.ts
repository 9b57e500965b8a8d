import type { ServiceName } from './device.ts';
import type { Absence } from './fates.ts';
import type { Manner } from './stage/service.ts';
import type { Stage } from './stage/stage.ts';
import type { Traffic } from './traffic.ts';

/** Takes services away and brings them back, and keeps book of it. */
export class Absences {
  readonly all: Absence[] = [];
  readonly #stage: Stage;
  /** Those that are mended, and nothing was accepted since. */
  readonly #recovering = new Set<Absence>();

  constructor(stage: Stage, traffic: Traffic) {
    this.#stage = stage;
    traffic.onAccepted = (service) => this.#accepted(service);
  }

  async begin(service: ServiceName, manner: Manner): Promise<Absence> {
    const absence = { service, from: performance.now(), to: Infinity };
    this.all.push(absence);
    await this.#stage.services[service].leave(manner);
    return absence;
  }

  /** Over from the first push on that is accepted again. */
  async end(absence: Absence): Promise<void> {
    this.#recovering.add(absence);
    await this.#stage.services[absence.service].comeBack();
  }

  #accepted(service: ServiceName): void {
    for (const absence of this.#recovering) {
      if (absence.service !== service) continue;
      absence.to = performance.now();
      this.#recovering.delete(absence);
    }
  }
}

import type { Log } from '../log/log.ts';
import type { Device } from '../registry/devices/device.ts';
import { DatabaseUnavailable, type Registry } from '../registry/registry.ts';
import type { Verdict } from './connection/connection.ts';
import { endings } from './endings.ts';
import type { Claim, DeviceSecrets } from './secrets.ts';

export interface JudgeParts {
  readonly secrets: DeviceSecrets;
  readonly registry: Pick<Registry, 'lookup'>;
  readonly providers: ReadonlySet<string>;
  readonly log: Log;
}

/** Under this name the registry remembers nodes that are gone. */
const asker = 'local-push';

/** Whose a connection is. Only who has proven that he was told the secret of a node has it looked up. */
export class Judge {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async judge(claim: Claim, nonce: string): Promise<Verdict> {
    if (!this.#parts.secrets.isProven(claim, nonce)) return endings.refused;
    try {
      return (await this.#find(claim.node)) ?? endings.refused;
    } catch (error) {
      // What is no trouble of the database is a mistake of ours, and no reason to register anew.
      if (!(error instanceof DatabaseUnavailable)) this.#parts.log.error('local-push-failed', { error });
      return endings.later;
    }
  }

  /** False where it is known that the device is registered no more. Never rejects. */
  async isRegistered(node: string): Promise<boolean> {
    return this.#find(node).then(
      (device) => device !== undefined,
      () => true,
    );
  }

  async #find(node: string): Promise<Device | undefined> {
    const { registry, providers } = this.#parts;
    return registry.lookup(node, asker, (device) => device.node === node && providers.has(device.provider));
  }
}

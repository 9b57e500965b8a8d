import { createHash } from 'node:crypto';
import type { Log } from '../../log/log.ts';
import type { Device } from '../../registry/devices/device.ts';
import type { Registry } from '../../registry/registry.ts';

/** What proves credentials for every device: with two, there is always one other than that which is refused. */
const enough = 2;

interface Proven {
  readonly devices: Set<string>;
  /** Those that the database is being told of. */
  readonly pending: Set<string>;
}

/**
 * Which credentials are proven: a push service has accepted pushes with them, and to which devices. Kept in the database, at
 * most twice for the same credentials, so that neither a restart nor another instance forgets it.
 */
export class Proofs {
  readonly #registry: Registry;
  readonly #log: Log;
  readonly #proven = new Map<string, Proven>();

  constructor({ registry, log }: { readonly registry: Registry; readonly log: Log }) {
    this.#registry = registry;
    this.#log = log;
  }

  /** A push to this device was accepted with these credentials. Costs nothing once two devices are known. */
  accepted({ provider, token }: Device, identity: string): void {
    const { devices, pending } = this.#of(provider, identity);
    if (devices.size >= enough) return;
    const device = digest(token);
    if (devices.has(device) || pending.has(device)) return;
    pending.add(device);
    // Nobody waits for it: a proof that is not kept is given anew by the next push.
    void this.#registry
      .prove({ provider, identity, device })
      .then(
        () => void devices.add(device),
        (error: unknown) => this.#log.warn('proof-not-written', { provider, error }),
      )
      .finally(() => pending.delete(device));
  }

  /** Whether these credentials are proven by others than this device. Asks the database where it must; rejects as that does. */
  async isProven({ provider, token }: Device, identity: string): Promise<boolean> {
    const { devices, pending } = this.#of(provider, identity);
    const device = digest(token);
    const isByOther = () => [...devices, ...pending].some((one) => one !== device);
    if (isByOther()) return true;
    for (const one of await this.#registry.listProofs({ provider, identity })) devices.add(one);
    return isByOther();
  }

  #of(provider: string, identity: string): Proven {
    const key = `${provider}\n${identity}`;
    const known = this.#proven.get(key);
    if (known !== undefined) return known;
    const proven = { devices: new Set<string>(), pending: new Set<string>() };
    this.#proven.set(key, proven);
    return proven;
  }
}

/** The same token in another spelling is the same device. */
function digest(token: string): string {
  return createHash('sha256').update(token.toLowerCase()).digest('base64url');
}

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** What a device shows for a nonce: that it was told the secret of its node when it registered. */
export interface Claim {
  readonly node: string;
  readonly proof: string;
}

/**
 * The secrets that devices prove themselves with, each derived from its node: none is stored, every instance with the same component
 * secret knows them all, and they outlive a restart.
 */
export class DeviceSecrets {
  readonly #key: Buffer;

  constructor(componentSecret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', componentSecret, '', 'reveille local push', 32));
  }

  /** What the device of this node is told at registration. */
  secretOf(node: string): string {
    return createHmac('sha256', this.#key).update(node).digest('base64url');
  }

  /** Takes the same time for every wrong proof. Asks nobody, so that whoever knows nothing costs no query. */
  isProven({ node, proof }: Claim, nonce: string): boolean {
    const expected = Buffer.from(buildProof(this.secretOf(node), nonce, node));
    const given = Buffer.from(proof);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

/** docs/local-push-protocol.md, section 3. */
export function buildProof(secret: string, nonce: string, node: string): string {
  return createHmac('sha256', secret).update(`reveille local push 1\n${nonce}\n${node}`).digest('base64url');
}

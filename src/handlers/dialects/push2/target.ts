import { createHash } from 'node:crypto';
import { isNamed } from '../../../base/host-patterns.ts';
import type { AddressVerdict } from '../../../push/provider/sealed.ts';

/** A provider that can send what is sealed. */
export interface Relayer {
  /** Provider id. */
  readonly provider: string;
  /** Fingerprint of what it pushes with, at this moment. */
  readonly identity: string;
  readonly readAddress: (address: string) => AddressVerdict | undefined;
}

export interface TargetOptions {
  /** Host names and `*.suffix`. */
  readonly allowHosts: readonly string[];
  /** Asked in this order. */
  readonly relayers: readonly Relayer[];
}

type Address = Extract<AddressVerdict, { kind: 'address' }>;

/** Where a notification goes. */
export interface Target extends Omit<Address, 'kind'> {
  readonly provider: string;
  /** By which the address is remembered: a digest; another one where our credentials are judged and are others. */
  readonly key: string;
}

/** Why there is none, completing "the address …". */
export function findTarget(client: string, { allowHosts, relayers }: TargetOptions): Target | string {
  if (!URL.canParse(client)) return 'is no URL';
  const { hostname, protocol } = new URL(client);
  if (protocol !== 'https:') return 'is not https';
  if (!isNamed(hostname, allowHosts)) return 'is at a host that is not relayed to from here';
  let refusal: string | undefined;
  for (const { provider, identity, readAddress } of relayers) {
    const verdict = readAddress(client);
    if (verdict?.kind === 'address') return buildTarget(verdict, provider, identity);
    refusal ??= verdict?.reason;
  }
  return refusal ?? 'is of no push service that is configured here';
}

function buildTarget({ token, secondToken, remembered, credentials }: Address, provider: string, identity: string): Target {
  const judged = credentials === 'ours' ? identity : '';
  const key = createHash('sha256').update([provider, judged, token].join('\n')).digest('base64url');
  return { provider, token, secondToken, remembered, credentials, key };
}

// Room: what doctor finds out about Web Push. In: hosts that the configuration names. Out: steps. May enter: webpush.
import type { Finding } from '../../../src/index.ts';
import { diagnoseWay } from '../../http2/diagnose/diagnose.ts';
import type { Endpoint } from '../../http2/endpoint.ts';
import { isHostPattern } from '../../../src/base/host-patterns.ts';
import type { VapidKey } from '../vapid/vapid-key.ts';

export interface WebpushDiagnosis {
  readonly vapid: VapidKey;
  readonly namedHosts: readonly string[];
  readonly buildEndpoint: (origin: URL) => Endpoint;
}

/** Somebody's who runs a long list of them. */
const mostHosts = 5;

/**
 * Contract of `Provider.diagnose`. Addresses of push services come with the devices, so only hosts that `allow-hosts` names one by one
 * can be tried; with no subscription nothing can be said about credentials.
 */
export async function diagnoseWebpush(
  { vapid, namedHosts, buildEndpoint }: WebpushDiagnosis,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const key: Finding = {
    step: 'VAPID key',
    verdict: 'ok',
    tried: 'read the key by which push services know this server',
    found: `public key for apps (applicationServerKey): ${vapid.publicKey}`,
  };
  const hosts = namedHosts.filter((host) => isHostPattern(host) && !host.startsWith('*')).slice(0, mostHosts);
  const ways = await Promise.all(hosts.map((host) => diagnoseWay(buildEndpoint(new URL(`https://${host}`)), signal)));
  return [key, ...(hosts.length === 0 ? [nothingToTry] : ways.flatMap(({ findings }) => findings))];
}

const nothingToTry: Finding = {
  step: 'push services',
  verdict: 'ok',
  tried: 'connect to each host that allow-hosts names',
  found: 'it names none: apps bring the addresses with them (reveille push --token tries one)',
};

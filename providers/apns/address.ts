import type { AddressVerdict } from '../../src/index.ts';
import type { Environment } from './credentials/extension.ts';
import { isDeviceToken } from './device-token.ts';

/** Apple's services by their names. */
const services: ReadonlyMap<string, Environment> = new Map([
  ['api.push.apple.com', 'production'],
  ['api.sandbox.push.apple.com', 'sandbox'],
  ['api.development.push.apple.com', 'sandbox'],
]);

/** What a provider pushes to. */
export interface Reach {
  readonly topic: string;
  readonly environments: readonly Environment[];
}

/**
 * Contract of `Provider.readAddress`: `https://api.push.apple.com/3/device/TOKEN#TOPIC&CALL-TOKEN`, as apps made for Snikket's relay of
 * Push 2.0 name themselves; the second token may be absent. Another topic or service is another provider's.
 */
export function readAddress(text: string, { topic, environments }: Reach): AddressVerdict | undefined {
  const [, host = '', token = '', fragment = ''] = /^https:\/\/([a-z.]+)\/3\/device\/([^/?#]*)(?:#(.*))?$/s.exec(text) ?? [];
  const environment = services.get(host);
  const [theirTopic, secondToken = '', ...more] = fragment.split('&');
  if (environment === undefined || !environments.includes(environment) || theirTopic !== topic || topic === '') return undefined;
  const isSound = isDeviceToken(token) && (secondToken === '' || isDeviceToken(secondToken)) && more.length === 0;
  if (!isSound) return { kind: 'refused', reason: 'names no device token of APNs' };
  return {
    kind: 'address',
    token,
    secondToken: secondToken === '' ? undefined : secondToken,
    remembered: environment,
    credentials: 'ours',
  };
}

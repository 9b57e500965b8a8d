import type { Config, ProviderConfig } from '../../config/config.ts';
import { nearestKey } from '../../config/mistakes/nearest-key.ts';
import type { Log } from '../../log/log.ts';
import type { Push } from '../../push/provider/provider.ts';
import { shortenToken } from '../../push/tokens/shorten-token.ts';
import { visitRegistry } from '../../registry/open-existing.ts';
import type { TargetOptions } from './options.ts';
import { UsageError } from '../line/usage-error.ts';

/** The device part of a push, and the provider that carries it. */
export interface Target {
  readonly provider: ProviderConfig;
  readonly device: Pick<Push, 'account' | 'token' | 'secondToken' | 'registeredAt' | 'remembered'>;
  /** False where nobody looked for a registration. */
  readonly isRegistered: boolean;
  /** How many further devices stand behind the same node: the push is not for them. */
  readonly companions: number;
}

/** Without a registration, whatever the service says of the token is newer. */
const neverRegistered = new Date(0);

/** The target, or in words why there is none. Throws a UsageError for a provider that isn't configured; rejects as visitRegistry. */
export function findTarget(config: Config, options: TargetOptions, log: Log): Promise<Target | string> {
  switch (options.kind) {
    case 'token':
      return Promise.resolve(buildTarget(config, options));
    case 'node':
      return findRegistered(config, options.node, log);
    default:
      return options satisfies never;
  }
}

function buildTarget(config: Config, { provider: id, token, secondToken, account }: Extract<TargetOptions, { kind: 'token' }>): Target {
  const provider = config.providers.find((one) => one.id === id);
  if (provider === undefined) throw new UsageError(explainUnknown(id, config.providers));
  const { admins, jid } = config.component;
  const device = { account: account ?? admins[0] ?? jid, token, secondToken, registeredAt: neverRegistered, remembered: undefined };
  return { provider, device, isRegistered: false, companions: 0 };
}

async function findRegistered(config: Config, node: string, log: Log): Promise<Target | string> {
  const found = await visitRegistry(config, log, async (registry) => registry.lookup(node, 'reveille push', () => true));
  if (found === undefined) return `no device is registered under the node ${shortenToken(node)}`;
  const { owner: account, token, secondToken, registeredAt, note: remembered, companions = [] } = found;
  const provider = config.providers.find(({ id }) => id === found.provider);
  if (provider === undefined) return `the device is registered under the ${explainUnknown(found.provider, config.providers)}`;
  const device = { account, token, secondToken, registeredAt, remembered };
  return { provider, device, isRegistered: true, companions: companions.length };
}

function explainUnknown(id: string, providers: readonly ProviderConfig[]): string {
  const nearest = nearestKey(
    id,
    providers.map((one) => one.id),
  );
  const known = providers.map((one) => `${one.id} (${one.use})`).join(', ');
  return `unknown provider ${id}${nearest === undefined ? ', c' : `, did you mean ${nearest}? C`}onfigured: ${known}`;
}

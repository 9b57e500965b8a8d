import type { DialectProviders, DialectsConfig } from '../../config/sections/dialects.ts';
import type { AppServer } from '../../importing/open-source.ts';
import type { FoundDevice } from '../../importing/found.ts';
import type { TokenVerdict } from '../../push/provider/provider.ts';
import { buildImportedHandle, type ImportedDevice } from '../../registry/devices/imported.ts';

export interface Placement {
  readonly from: AppServer;
  readonly dialects: DialectsConfig;
  readonly providerIds: readonly string[];
  checkToken(provider: string, text: string): TokenVerdict;
}

/** What the registry keeps of a found device, or why it can't, without its values. */
export function placeDevice(found: FoundDevice, placement: Placement): ImportedDevice | { readonly refused: string } {
  const provider = findProvider(found, placement);
  if (typeof provider === 'object') return provider;
  const token = placement.checkToken(provider, found.token);
  if (token.kind === 'refused') return { refused: `its token ${token.reason}` };
  const { owner, node, secret, secondToken, registeredAt, dialect } = found;
  return {
    node,
    owner,
    provider,
    token: token.token,
    secondToken,
    secret,
    registeredAt,
    dialect: dialect === undefined ? undefined : { ...dialect, handle: dialect.handle ?? buildImportedHandle(dialect) },
  };
}

function findProvider(
  { service, dialect }: FoundDevice,
  { from, dialects, providerIds }: Placement,
): string | { readonly refused: string } {
  if ('provider' in service) {
    if (providerIds.includes(service.provider)) return service.provider;
    return { refused: `its provider ${showId(service.provider)} is not in the configuration` };
  }
  const chosen = dialect === undefined ? undefined : providersOf(from, dialects)?.[service.kind];
  return chosen ?? { refused: `the configuration has no provider for it: [dialects] ${from} = { ${service.kind} = "…" }` };
}

function providersOf(from: AppServer, dialects: DialectsConfig): DialectProviders | undefined {
  return from === 'mod_push_appserver' ? dialects.modPushAppserver : from === 'p2' ? dialects.p2 : undefined;
}

/** A provider id is no secret, but what stands in its place may be anything. */
function showId(id: string): string {
  return /^[\x21-\x7e]{1,60}$/.test(id) ? `"${id}"` : '(which is no provider id)';
}

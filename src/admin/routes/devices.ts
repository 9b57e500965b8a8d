import { limitSignal } from '../../base/limit.ts';
import type { Log } from '../../log/log.ts';
import { describeOutcome } from '../../push/provider/describe-outcome.ts';
import type { Notification } from '../../push/provider/notification.ts';
import type { Outcome } from '../../push/provider/provider.ts';
import { buildTestNotification } from '../../push/provider/test-notification.ts';
import { shortenToken } from '../../push/tokens/shorten-token.ts';
import { ownDialect, type Device } from '../../registry/devices/device.ts';
import type { DeviceFilter, ListedDevice, Registry } from '../../registry/registry.ts';
import { ApiRefusal, demandText, readText, type AdminRequest, type AdminRoute } from './route.ts';

export interface DeviceParts {
  readonly registry: Registry;
  /** Sends a push on the way that real ones take; see the dispatcher. */
  readonly deliver: (
    device: Device,
    notification: Notification,
    cause: { readonly id: string | undefined; readonly signal: AbortSignal },
  ) => Promise<Outcome>;
  /** The bare JID of an account that a text means; undefined where it means none. */
  readonly readAccount: (text: string) => string | undefined;
  /** How a provider spells a token, by provider id. */
  readonly spellings: (token: string) => ReadonlyMap<string, string>;
  /** The component, which a test push is from. */
  readonly domain: string;
  readonly log: Log;
  /** Ends pushes under way when the program ends. */
  readonly closing: AbortSignal;
}

const mostFound = 50;
const pushLimitMs = 15_000;

export function buildDeviceRoutes(parts: DeviceParts): readonly AdminRoute[] {
  return [
    { method: 'POST', path: '/api/devices/find', handle: async (request) => ({ body: await find(parts, request) }) },
    { method: 'POST', path: '/api/devices/push', handle: async (request) => ({ body: await push(parts, request) }) },
    { method: 'POST', path: '/api/devices/remove', handle: async (request) => ({ body: await remove(parts, request) }) },
  ];
}

async function find(parts: DeviceParts, request: AdminRequest): Promise<object> {
  const filters = readFilters(parts, request);
  const devices: ListedDevice[] = [];
  for (const filter of filters) devices.push(...(await parts.registry.list(filter, { limit: mostFound + 1 })));
  return { devices: devices.slice(0, mostFound).map(describe), more: devices.length > mostFound };
}

/** A token is looked for at each provider: the table is found by both together. */
function readFilters(parts: DeviceParts, request: AdminRequest): readonly DeviceFilter[] {
  const [owner, token, node] = ['owner', 'token', 'node'].map((name) => readText(request, name));
  if (owner !== undefined) return [{ owner: readOwner(parts, owner) }];
  if (node !== undefined) return [{ node }];
  if (token === undefined) throw new ApiRefusal(400, 'say which device: "owner", "token" or "node"');
  return [...parts.spellings(token)].map(([provider, spelt]) => ({ provider, token: spelt }));
}

function readOwner({ readAccount }: DeviceParts, text: string): string {
  const owner = readAccount(text);
  if (owner === undefined) throw new ApiRefusal(400, '"owner": expected the address of an account, such as anna@example.org');
  return owner;
}

function describe({ node, owner, provider, dialect, token, registeredAt, usedAt }: ListedDevice): object {
  return {
    node,
    owner,
    provider,
    dialect: dialect?.name ?? ownDialect,
    token: shortenToken(token),
    registered: registeredAt.toISOString(),
    used: usedAt.toISOString(),
  };
}

async function push({ registry, deliver, domain, log, closing }: DeviceParts, request: AdminRequest): Promise<object> {
  const node = demandText(request, 'node');
  const [device] = await registry.list({ ownNode: node }, { limit: 1 });
  if (device === undefined) throw new ApiRefusal(404, 'no such device is registered');
  const notification = buildTestNotification({ kind: 'message', body: undefined, sender: undefined }, domain);
  const startedAt = performance.now();
  const outcome = await deliver(device, notification, { id: undefined, signal: limitSignal(closing, pushLimitMs) });
  const { provider, owner } = device;
  log.info('admin-action', { action: 'test-push', client: request.client, node, owner, provider, outcome: outcome.kind });
  // A push like any other, with all that it costs.
  const words = outcome.kind === 'gone' ? `${describeOutcome(outcome)}; the registration was removed` : describeOutcome(outcome);
  return { outcome: outcome.kind, words, ms: Math.round(performance.now() - startedAt) };
}

async function remove({ registry, log }: DeviceParts, request: AdminRequest): Promise<object> {
  const node = demandText(request, 'node');
  const [removed] = await registry.remove({ ownNode: node }, 1);
  const { owner, provider } = removed ?? {};
  log.info('admin-action', { action: 'remove-device', client: request.client, node, owner, provider, removed: removed !== undefined });
  return { removed: removed !== undefined };
}

// A million different device tokens in fpush's dialect, each published to once, a part of them twice: what memory and time they take.
// node --expose-gc bench/fpush-tokens/main.ts [tokens]
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fpush } from '../../src/handlers/dialects/fpush/fpush.ts';
import { buildPublishRoute } from '../../src/handlers/publish/publish.ts';
import type { Outcome, Push } from '../../src/index.ts';
import { createLog } from '../../src/log/log.ts';
import { createDelivery } from '../../src/push/delivery/create-delivery.ts';
import { usualTiming } from '../../src/push/delivery/timing.ts';
import { ProviderGuard } from '../../src/push/guard/provider-guard.ts';
import { openRegistry, type OpenRegistry } from '../../src/registry/open.ts';
import { StanzaError } from '../../src/xmpp/stanza/stanza-error.ts';
import { xml } from '../../src/xmpp/stanza/xml.ts';
import type { Route } from '../../src/xmpp/routing/router.ts';

const total = Number(process.argv[2] ?? 1_000_000);
const atOnce = 200;
const steps = 10;
/** Every tenth token is dead, every fifth gets a second push that must wait. */
const deadEach = 10;
const twiceEach = 5;
const log = createLog('silent');
const signal = new AbortController().signal;
const from = { local: '', domain: 'example.org', resource: '', bare: 'example.org' };

const dataDir = await mkdtemp(join(tmpdir(), 'reveille-bench-'));
await chmod(dataDir, 0o711);
const registry = await openRegistry(
  { url: undefined, dataDir, key: undefined, previousKey: undefined, secret: 's', devicesPerOwner: 25 },
  log,
);
try {
  await measure(registry);
} finally {
  await registry.close();
  await rm(dataDir, { recursive: true });
}

async function measure(memory: OpenRegistry): Promise<void> {
  let pushes = 0;
  const push = ({ token }: Push): Promise<Outcome> => {
    pushes += 1;
    return Promise.resolve(isDead(token) ? { kind: 'gone', since: new Date(0) } : { kind: 'accepted' });
  };
  const provider = { push, status: () => ({ ready: true }), close: () => Promise.resolve() };
  const guards = new Map([['apns', new ProviderGuard(provider, { name: 'apns', identity: 'bench', share: 1_000, log })]]);
  const times = { defaultTtlMs: 14_400_000, voipTtlMs: 30_000, updateIntervalMs: 20_000 };
  const parts = { guards, registry: memory, store: memory.deferred, log, alarm: () => undefined, inFlight: 10_000, timing: usualTiming };
  const delivery = createDelivery({ ...times, ...parts });
  const fpush = new Fpush({
    modules: { monalProdiOS: 'apns' },
    default: undefined,
    ratelimitMs: 20_000,
    ttlMs: times.defaultTtlMs,
    registrants: ['*'],
    dispatcher: delivery.dispatcher,
    checkToken: (_provider, token) => ({ kind: 'token', token }),
    identityOf: () => 'bench',
  });
  const route = buildPublishRoute({ registry: memory, delivery: delivery.delivery, publishers: 'owner-domain', stateless: fpush });
  show('at the start', fpush, 0, 0);
  let number = 0;
  for (let step = 1; step <= steps; step += 1) {
    const startedAt = performance.now();
    const startedCpu = process.cpuUsage();
    const end = Math.floor((total * step) / steps);
    const count = end - number;
    const work = async (): Promise<void> => {
      while (number < end) await publishTo(route, number++);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const { user, system } = process.cpuUsage(startedCpu);
    show(`${end} tokens`, fpush, count / ((performance.now() - startedAt) / 1000), (user + system) / count);
  }
  const lost = await fpush.drain(10_000);
  console.log(`${pushes} pushes in all; lost at the end: ${lost}`);
  await delivery.drain(0);
  await delivery.close();
}

async function publishTo(route: Route, number: number): Promise<void> {
  const token = createHash('sha256').update(String(number)).digest('hex');
  await publish(route, token);
  if (number % twiceEach === 0) await publish(route, token);
}

async function publish(route: Route, token: string): Promise<void> {
  try {
    await route.handle({ payload: buildPayload(token), from, fromText: 'example.org', id: 'b', signal });
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
  }
}

function buildPayload(token: string) {
  const value = (name: string, text: string) => xml('field', { var: name }, xml('value', {}, text));
  return xml(
    'pubsub',
    { xmlns: 'http://jabber.org/protocol/pubsub' },
    xml('publish', { node: token }, xml('item', {}, xml('notification', { xmlns: 'urn:xmpp:push:0' }))),
    xml('publish-options', {}, xml('x', { xmlns: 'jabber:x:data', type: 'submit' }, value('pushModule', 'monalProdiOS'))),
  );
}

function isDead(token: string): boolean {
  return parseInt(token.slice(0, 8), 16) % deadEach === 0;
}

function show(what: string, { status }: Fpush, perSecond: number, cpuUs: number): void {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { windows, waiting, deadTokens } = status;
  console.log(
    `${what.padEnd(16)} RSS ${megabytes(rss)}, heap ${megabytes(heapUsed)}; windows ${windows}, waiting ${waiting}, dead tokens ${deadTokens}; ` +
      `${Math.round(perSecond)} tokens/s, ${Math.round(cpuUs)} us of our CPU each`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { serveCommands } from '../../base/helper.ts';
import type { Measured } from '../../base/usage.ts';
import { measure, type Figures, type Interval, type Workload } from '../measure.ts';
import { buildBulkNode } from './bulk.ts';
import { Exchanges } from './exchanges.ts';
import { Peer } from './peer.ts';
import { Spread } from './spread.ts';
import { publishParts, registerParts } from './stanzas.ts';

// The load generator: an XMPP server as far as a component can tell, which publishes as fast as it is answered.

const sweepInFlight = 50;
const sweepLimitMs = 110_000;
const attachLimitMs = 60_000;

/** Connections of each component, in the order of their arrival. */
const peers = new Map<string, readonly Peer[]>();
const publishes = new Map<string, Workload>();
/** Of each component that devices are registered at; the bare libraries are sent those of the first. */
const nodes = new Map<string, readonly string[]>();
let onAttached: () => void = () => undefined;

const commands = { listen, attached, register, adopt, publishToEach, publish };
export type LoadCommands = typeof commands;
serveCommands(commands);

async function listen(): Promise<number> {
  const server = createServer((socket) => {
    new Peer(socket, (domain, peer) => {
      changePeers(domain, [...(peers.get(domain) ?? []), peer]);
      socket.on('close', () =>
        changePeers(
          domain,
          peersOf(domain).filter((one) => one !== peer),
        ),
      );
      onAttached();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function changePeers(domain: string, now: readonly Peer[]): void {
  peers.set(domain, now);
  publishes.delete(domain);
}

/** Settles when a component of this domain is attached with that many connections. */
async function attached({ domain, connections }: { domain: string; connections: number }): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${domain} did not attach`)), attachLimitMs);
  while ((peers.get(domain)?.length ?? 0) < connections) await Promise.race([new Promise<void>((resolve) => (onAttached = resolve)), late]);
  clearTimeout(timer);
}

/** Registers that many devices, each of another owner, and remembers their nodes. */
async function register(wanted: { domain: string; provider: string; devices: number }, triesLeft = 20): Promise<void> {
  const { domain, provider, devices } = wanted;
  const peer = peerOf(domain);
  let registered = 0;
  const stanzas = new Exchanges(peer, () => {
    registered += 1;
    return registered > devices ? undefined : registerParts(domain, `user${registered}`, provider);
  });
  let answers = '';
  const count = peer.onText;
  peer.onText = (text) => {
    answers += text;
    count(text);
  };
  stanzas.start({ inFlight: Math.min(sweepInFlight, devices), inBursts: false });
  await stanzas.finished(sweepLimitMs);
  const found = [...answers.matchAll(/<field[^>]*\svar="node"[^>]*><value>([^<]+)<\/value>/g)].map(([, node = '']) => node);
  nodes.set(domain, found);
  if (found.length === devices) return;
  if (triesLeft === 0) throw new Error(`${found.length} of ${devices} devices registered: ${answers.slice(0, 1000)}`);
  // Attached, and its database is not there yet: it says so, and is asked again.
  peer.onText = count;
  await new Promise((resolve) => setTimeout(resolve, 500));
  await register(wanted, triesLeft - 1);
}

/** Publishes go to the first `devices` of those that were put into its database. */
function adopt({ domain, devices }: { domain: string; devices: number }): void {
  nodes.set(
    domain,
    Array.from({ length: devices }, (_, n) => buildBulkNode(n)),
  );
  publishes.delete(domain);
}

/** Which nodes, by their place, and whether over each connection; without them all, over the first. */
interface Sweep {
  readonly domain: string;
  readonly from?: number;
  readonly to?: number;
  readonly isOverEach?: boolean;
}

/** One publish to every node, so that the component has met each device. */
async function publishToEach({ domain, from, to, isOverEach = false }: Sweep): Promise<void> {
  publishes.delete(domain);
  const some = nodesOf(domain).slice(from, to);
  const over = isOverEach ? peersOf(domain) : [peerOf(domain)];
  await Promise.all(over.map((peer) => sweep(domain, peer, some)));
}

async function sweep(domain: string, peer: Peer, some: readonly string[]): Promise<void> {
  const remaining = some.values();
  const stanzas = new Exchanges(peer, () => {
    const { value } = remaining.next();
    return value === undefined ? undefined : publishParts(domain, value);
  });
  stanzas.start({ inFlight: Math.min(sweepInFlight, some.length), inBursts: false });
  await stanzas.finished(sweepLimitMs);
  if (stanzas.failures > 0) throw new Error(`${domain} refused a publish`);
}

/** Publishes to the registered nodes in random order, over all connections of the component of this domain. */
async function publish({ domain, measured, ...interval }: Interval & { domain: string; measured: Measured }): Promise<Figures> {
  const stanzas = publishes.get(domain) ?? createPublishes(domain);
  publishes.set(domain, stanzas);
  return measure(stanzas, measured, interval);
}

function createPublishes(domain: string): Workload {
  const all = nodesOf(domain);
  const next = () => publishParts(domain, all[Math.floor(Math.random() * all.length)] ?? '');
  const [first, ...others] = peersOf(domain).map((peer) => new Exchanges(peer, next));
  if (first === undefined) throw new Error(`${domain} is not attached`);
  return others.length === 0 ? first : new Spread([first, ...others]);
}

function nodesOf(domain: string): readonly string[] {
  const [first] = nodes.values();
  return nodes.get(domain) ?? first ?? [];
}

function peersOf(domain: string): readonly Peer[] {
  return peers.get(domain) ?? [];
}

function peerOf(domain: string): Peer {
  const [peer] = peersOf(domain);
  if (peer === undefined) throw new Error(`${domain} is not attached`);
  return peer;
}

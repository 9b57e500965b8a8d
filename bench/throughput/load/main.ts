import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { serveCommands } from '../../base/helper.ts';
import { measure, type Figures, type Interval } from '../measure.ts';
import { Exchanges } from './exchanges.ts';
import { Peer } from './peer.ts';
import { publishParts, registerParts } from './stanzas.ts';

// The load generator: an XMPP server as far as a component can tell, which publishes as fast as it is answered.

const sweepInFlight = 50;
const sweepLimitMs = 60_000;
const attachLimitMs = 60_000;

const peers = new Map<string, Peer>();
const exchanges = new Map<string, Exchanges>();
let onAttached: () => void = () => undefined;
let nodes: readonly string[] = [];

const commands = { listen, attached, register, publishToEach, publish };
export type LoadCommands = typeof commands;
serveCommands(commands);

async function listen(): Promise<number> {
  const server = createServer((socket) => {
    new Peer(socket, (domain, peer) => {
      peers.set(domain, peer);
      onAttached();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Settles when a component of this domain is attached. */
async function attached(domain: string): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${domain} did not attach`)), attachLimitMs);
  while (!peers.has(domain)) await Promise.race([new Promise<void>((resolve) => (onAttached = resolve)), late]);
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
  nodes = [...answers.matchAll(/<field[^>]*\svar="node"[^>]*><value>([^<]+)<\/value>/g)].map(([, node = '']) => node);
  if (nodes.length === devices) return;
  if (triesLeft === 0) throw new Error(`${nodes.length} of ${devices} devices registered: ${answers.slice(0, 1000)}`);
  // Attached, and its database is not there yet: it says so, and is asked again.
  peer.onText = count;
  await new Promise((resolve) => setTimeout(resolve, 500));
  await register(wanted, triesLeft - 1);
}

/** One publish to every node, so that the component has met each device. */
async function publishToEach(domain: string): Promise<void> {
  const remaining = nodes.values();
  const stanzas = new Exchanges(peerOf(domain), () => {
    const { value } = remaining.next();
    return value === undefined ? undefined : publishParts(domain, value);
  });
  stanzas.start({ inFlight: Math.min(sweepInFlight, nodes.length), inBursts: false });
  await stanzas.finished(sweepLimitMs);
  if (stanzas.failures > 0) throw new Error(`${domain} refused a publish`);
}

/** Publishes to the registered nodes in random order, over the component of this domain, which process `pid` is. */
async function publish({ domain, pid, ...interval }: Interval & { domain: string; pid: number }): Promise<Figures> {
  const stanzas = exchanges.get(domain) ?? createPublishes(domain);
  exchanges.set(domain, stanzas);
  return measure(stanzas, pid, interval);
}

function createPublishes(domain: string): Exchanges {
  const stanzas = nodes.map((node) => publishParts(domain, node));
  return new Exchanges(peerOf(domain), () => stanzas[Math.floor(Math.random() * stanzas.length)]);
}

function peerOf(domain: string): Peer {
  const peer = peers.get(domain);
  if (peer === undefined) throw new Error(`${domain} is not attached`);
  return peer;
}

import { WebSocket } from 'ws';
import { connectLocalPush, type LocalPush, type LocalPushOptions } from '../../src/local-push-client/local-push.ts';
import { waitUntil } from '../../src/base/wait-until.ts';
import { DeviceSecrets } from '../../src/local-push/secrets.ts';
import { serveCommands } from '../base/helper.ts';
import { buildBulkNode } from '../throughput/load/bulk.ts';

// A part of the devices, each with the library that apps have, and with an address of its own among many: ports of one address run out,
// and one address may not open thousands of connections.

const addresses = 60;
const connectLimitMs = 115_000;

let sockets = 0;
let pings = 0;

class DeviceSocket extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, { localAddress: `127.1.0.${1 + (sockets % addresses)}`, perMessageDeflate: false });
    sockets += 1;
    this.on('error', () => undefined); // `close` follows
  }

  override send(data: string): void {
    if (data === '{"type":"ping"}') pings += 1;
    super.send(data);
  }
}
Object.assign(globalThis, { WebSocket: DeviceSocket });

export interface Devices {
  /** Place of the first, and behind the last. */
  readonly from: number;
  readonly to: number;
  readonly url: string;
  /** Of the component, from which Reveille derives those of devices. */
  readonly secret: string;
  /** Handshakes under way at a time. */
  readonly atOnce: number;
  readonly longestWaitMs?: number | undefined;
}

const lines: LocalPush[] = [];
let connected = 0;
let pushes = 0;
let stopped = 0;

const commands = {
  /** Settles when all are connected. */
  async connect({ from, to, url, secret, atOnce, longestWaitMs }: Devices): Promise<void> {
    const secrets = new DeviceSecrets(secret);
    for (let n = from; n < to; n += 1) {
      const node = buildBulkNode(n);
      const isReady = await waitUntil(() => lines.length - connected < atOnce, connectLimitMs);
      if (!isReady) throw new Error(`${connected} of ${lines.length} devices are connected`);
      lines.push(open({ url, node, secret: secrets.secretOf(node), ...(longestWaitMs === undefined ? {} : { longestWaitMs }) }));
    }
    const areIn = await waitUntil(() => connected === lines.length, connectLimitMs);
    if (!areIn) throw new Error(`${connected} of ${lines.length} devices are connected`);
  },
  count: () => ({ connected, pings, pushes, stopped }),
  close() {
    for (const line of lines) line.close();
  },
};
export type DeviceCommands = typeof commands;
serveCommands(commands);

function open(device: Pick<LocalPushOptions, 'url' | 'node' | 'secret' | 'longestWaitMs'>): LocalPush {
  let isConnected = false;
  return connectLocalPush({
    ...device,
    transports: ['websocket'],
    onPush: () => (pushes += 1),
    onState: ({ kind }) => {
      if ((kind === 'connected') !== isConnected) connected += isConnected ? -1 : 1;
      isConnected = kind === 'connected';
      if (kind === 'stopped') stopped += 1;
    },
  });
}

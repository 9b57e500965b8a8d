import { serveCommands } from '../base/helper.ts';
import type { Client } from '../faults/client.ts';
import type { Way as ApnsWay } from '../apns-faults/way.ts';
import type { Way as FcmWay } from '../fcm-faults/way.ts';
import type { Way as WebpushWay } from '../webpush-faults/way.ts';
import { measure, type Figures, type Interval } from '../throughput/measure.ts';
import { PushLanes } from './push-lanes.ts';

// The process of one client. Only that one is loaded.

export type ClientName = 'apns' | 'node-apn' | 'fcm' | 'firebase-admin' | 'webpush' | 'web-push';

export interface Opening {
  readonly name: ClientName;
  readonly apns: ApnsWay;
  readonly fcm: FcmWay;
  readonly webpush: WebpushWay;
  readonly tokens: readonly string[];
}

let lanes: PushLanes | undefined;

const commands = {
  /** Connected and authenticated afterwards. */
  async open({ tokens, ...opening }: Opening): Promise<void> {
    const client = await load(opening);
    const verdict = await client.send(tokens[0] ?? '');
    if (verdict !== 'accepted') throw new Error(`the first push of ${opening.name}: ${JSON.stringify(verdict)}`);
    lanes = new PushLanes(client, () => tokens[Math.floor(Math.random() * tokens.length)] ?? '');
  },
  push: (interval: Interval): Promise<Figures> => {
    if (lanes === undefined) throw new Error('open comes first');
    return measure(lanes, { programs: [process.pid], databases: [] }, interval);
  },
};
export type ClientCommands = typeof commands;
serveCommands(commands);

async function load({ name, apns, fcm, webpush }: Omit<Opening, 'tokens'>): Promise<Client> {
  switch (name) {
    case 'apns':
      return (await import('../apns-faults/clients/reveille.ts')).createClient(apns);
    case 'node-apn':
      return (await import('../apns-faults/clients/node-apn.ts')).createClient(apns);
    case 'fcm':
      return (await import('../fcm-faults/clients/reveille.ts')).createClient(fcm);
    case 'firebase-admin':
      return (await import('../fcm-faults/clients/firebase-admin.ts')).createEachClient(fcm);
    case 'webpush':
      return (await import('../webpush-faults/clients/reveille.ts')).createClient(webpush);
    case 'web-push':
      return (await import('../webpush-faults/clients/web-push.ts')).createClient(webpush);
  }
}

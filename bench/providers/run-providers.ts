import { createECDH, randomBytes } from 'node:crypto';
import { startHelper, type Helper } from '../base/helper.ts';
import { median } from '../base/statistics.ts';
import { trusting } from '../faults/bench.ts';
import { buildAuthority, buildSigningKey, type Authority } from '../../src/sandbox/authority.ts';
import { buildRegistrationToken } from '../../src/sandbox/fcm/message/device-tokens.ts';
import { createServiceAccounts } from '../../src/sandbox/fcm/token/service-accounts.ts';
import { buildVapid } from '../webpush-faults/subject.ts';
import type { Figures } from '../throughput/measure.ts';
import { buildMedians } from '../throughput/medians.ts';
import type { ClientCommands, ClientName, Opening } from './client.ts';
import type { SinkCommands } from './sink.ts';

export interface ProvidersPlan {
  readonly inFlight: readonly number[];
  readonly rounds: number;
  readonly warmMs: number;
  readonly ms: number;
}

/** Our provider and the library that others use, at one number in flight: medians, and ratios of the rounds. */
export interface Row {
  readonly service: 'APNs' | 'FCM' | 'Web Push';
  readonly library: string;
  readonly inFlight: number;
  readonly ours: Figures;
  readonly theirs: Figures;
  /** Pushes a second, ours against theirs. */
  readonly rate: number;
  /** CPU per push, ours against theirs. */
  readonly cpu: number;
}

interface Pair {
  readonly service: Row['service'];
  readonly library: string;
  readonly ours: Helper<ClientCommands>;
  readonly theirs: Helper<ClientCommands>;
}

const topic = 'org.example.app';
const tokens = 10_000;

/** Each pair in turn, round after round. Rejects where a push was refused, or another number arrived than was accepted. */
export async function runProviders(plan: ProvidersPlan): Promise<readonly Row[]> {
  const authority = buildAuthority();
  return trusting(authority.ca, async () => {
    await using cleanUp = new AsyncDisposableStack();
    const sink = startHelper<SinkCommands>(new URL('sink.ts', import.meta.url));
    cleanUp.defer(() => sink.close());
    const port = await sink.ask('listen', authority.server);
    const ways = buildWays(authority, port);
    const pairs = [
      await openPair('APNs', '@parse/node-apn', ['apns', 'node-apn'], ways, () => randomBytes(32).toString('hex'), cleanUp),
      await openPair('FCM', 'firebase-admin', ['fcm', 'firebase-admin'], ways, buildRegistrationToken, cleanUp),
      await openPair('Web Push', 'web-push', ['webpush', 'web-push'], ways, () => buildSubscription(port), cleanUp),
    ];
    const rows: Row[] = [];
    for (const inFlight of plan.inFlight) for (const pair of pairs) rows.push(await compare(pair, inFlight, plan, sink));
    return rows;
  });
}

function buildWays(authority: Authority, port: number): Pick<Opening, 'apns' | 'fcm' | 'webpush'> {
  const origin = `https://localhost:${port}`;
  const { p8, keyId, teamId } = buildSigningKey();
  return {
    apns: { origin, ca: authority.ca, topic, p8, keyId, teamId },
    fcm: { origin, ca: authority.ca, account: createServiceAccounts('reveille', `${origin}/token`).issue() },
    webpush: { ...buildVapid(), ca: authority.ca },
  };
}

/** As a browser's `JSON.stringify(subscription)`. */
function buildSubscription(port: number): string {
  const keys = { p256dh: createECDH('prime256v1').generateKeys('base64url'), auth: randomBytes(16).toString('base64url') };
  return JSON.stringify({ endpoint: `https://localhost:${port}/wpush/${randomBytes(24).toString('base64url')}`, keys });
}

async function openPair(
  service: Row['service'],
  library: string,
  [ours, theirs]: readonly [ClientName, ClientName],
  ways: Pick<Opening, 'apns' | 'fcm' | 'webpush'>,
  buildToken: () => string,
  cleanUp: AsyncDisposableStack,
): Promise<Pair> {
  const all = Array.from({ length: tokens }, buildToken);
  const open = async (name: ClientName) => {
    const client = startHelper<ClientCommands>(new URL('client.ts', import.meta.url));
    cleanUp.defer(() => client.close());
    await client.ask('open', { name, ...ways, tokens: all });
    return client;
  };
  return { service, library, ours: await open(ours), theirs: await open(theirs) };
}

async function compare(
  { service, library, ours, theirs }: Pair,
  inFlight: number,
  plan: ProvidersPlan,
  sink: Helper<SinkCommands>,
): Promise<Row> {
  const measured = { ours: [] as Figures[], theirs: [] as Figures[] };
  const interval = { inFlight, inBursts: false, warmMs: plan.warmMs, ms: plan.ms };
  const before = await sink.ask('count', undefined);
  for (let round = 0; round < plan.rounds; round += 1) {
    measured.ours.push(await ours.ask('push', interval));
    measured.theirs.push(await theirs.ask('push', interval));
    console.error(`${service}, ${inFlight} in flight: round ${round + 1} of ${plan.rounds}`);
  }
  const arrived = (await sink.ask('count', undefined)) - before;
  const ended = [...measured.ours, ...measured.theirs].reduce((sum, figures) => sum + figures.ended, 0);
  if (arrived !== ended) throw new Error(`${service}: ${ended} pushes were accepted, ${arrived} arrived`);
  const ratio = (key: 'perSecond' | 'cpuUsPerPush') =>
    median(measured.ours.map((figures, round) => figures[key] / (measured.theirs[round]?.[key] ?? NaN)));
  const medians = { ours: buildMedians(measured.ours), theirs: buildMedians(measured.theirs) };
  return { service, library, inFlight, ...medians, rate: ratio('perSecond'), cpu: ratio('cpuUsPerPush') };
}

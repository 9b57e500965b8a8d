/** What the page is told: a Reveille at work, and what may differ. */
export type State = ReturnType<typeof buildState>;

const dayMs = 86_400_000;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

export interface StateProvider {
  readonly id: string;
  readonly use: string;
  readonly state: 'working' | 'troubled' | 'failed';
  readonly words?: string;
  readonly advice?: string;
  readonly credentials: readonly { readonly name: string; readonly expires?: string }[];
  readonly takesCertificate: boolean;
  readonly devices: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly oldestWaitingSeconds: number;
}

export const apns: StateProvider = {
  id: 'tigase:messenger:apns:1',
  use: 'apns',
  state: 'working',
  credentials: [{ name: 'certificate', expires: new Date(Date.now() + 200 * dayMs).toISOString() }],
  takesCertificate: true,
  devices: 812,
  inFlight: 3,
  waiting: 0,
  oldestWaitingSeconds: 0,
};

const fcm: StateProvider = {
  ...apns,
  id: 'fcm-xmpp-api',
  use: 'fcm',
  credentials: [{ name: 'service account' }],
  takesCertificate: false,
  devices: 430,
};

interface Failure {
  readonly at: string;
  readonly provider?: string;
  readonly words: string;
  readonly advice?: string;
  readonly count: number;
}

interface LocalPush {
  readonly connected: number;
  readonly byTransport: readonly { readonly name: string; readonly count: number }[];
  readonly connectedElsewhere: number;
  readonly otherInstances: number;
  readonly delivered: number;
  readonly fallenBack: number;
}

export const localPush: LocalPush = {
  connected: 1203,
  byTransport: [
    { name: 'websocket', count: 1200 },
    { name: 'events', count: 3 },
  ],
  connectedElsewhere: 40,
  otherInstances: 1,
  delivered: 5120,
  fallenBack: 12,
};

export function buildState() {
  return {
    version: '0.2.0',
    startedAt: ago(3 * dayMs),
    now: new Date().toISOString(),
    ready: true,
    component: { jid: 'push.example.org', server: '127.0.0.1:5347', up: true, since: ago(3 * dayMs), reconnects: 1 },
    database: { ok: true, kind: 'embedded', words: undefined as string | undefined },
    providers: [apns, fcm] as readonly StateProvider[],
    devices: {
      total: 1242,
      byProvider: [
        { name: apns.id, count: 812 },
        { name: fcm.id, count: 430 },
      ],
      byDialect: [{ name: 'tigase', count: 1242 }],
      byDomain: [{ name: 'example.org', count: 1242 }],
    },
    localPush: undefined as LocalPush | undefined,
    failures: [] as readonly Failure[],
    viewers: 1,
  };
}

/** Five minutes by the second: the first half unknown, then a steady rate. */
export function buildHistory() {
  const length = 300;
  const step = 1;
  const known = (value: number) => Array.from({ length }, (_, n) => (n < length / 2 ? null : value));
  const none = known(0);
  const series = {
    publishes: known(4),
    results: known(4),
    refusals: none,
    accepted: known(4),
    gone: none,
    retried: none,
    rejected: none,
    answerP50: known(12),
    answerP99: known(80),
    waiting: none,
    deadTokens: none,
  };
  return { range: '5m', step, from: Math.floor(Date.now() / 1000) - length, series };
}

import type { SandboxFcm, SandboxFcmOptions } from '../../src/sandbox/fcm/sandbox-fcm.ts';
import type { Fault } from '../faults/fault.ts';

export interface FcmFault extends Fault<SandboxFcm> {
  /** How this sandbox differs from the start. */
  readonly options?: Pick<SandboxFcmOptions, 'streams'>;
  /** When the burst begins, the access token is good, and so near its end that the client wants another one. */
  readonly isRefreshDue?: true;
}

const shortMs = 3_000;
const storm = { after: 99, times: 200 };
const unavailable = { kind: 'answer', status: 503, errorCode: 'UNAVAILABLE' } as const;
const quota = { kind: 'answer', status: 429, errorCode: 'QUOTA_EXCEEDED' } as const;
const tokenHostDown = { kind: 'answer', status: 503 } as const;

export const faults: readonly FcmFault[] = [
  { name: 'none' },
  { name: 'ten streams, cold start', options: { streams: 10 }, arrange: () => undefined, isCold: true, needsHttp2: true },
  { name: 'one stream until the first accepted push', arrange: (fcm) => fcm.adopt('limit-late'), isCold: true, needsHttp2: true },
  { name: 'GOAWAY 0', arrange: (fcm) => fcm.misbehave({ kind: 'goaway', code: 0 }, { after: 249 }), needsHttp2: true },
  { name: 'GOAWAY 7', arrange: (fcm) => fcm.misbehave({ kind: 'goaway', code: 7 }, { after: 249 }), needsHttp2: true },
  {
    name: 'GOAWAY 11 (too many streams)',
    arrange: (fcm) => fcm.misbehave({ kind: 'goaway', code: 11, reason: 'exceeded_max_concurrent_streams' }, { after: 249 }),
    needsHttp2: true,
  },
  { name: 'RST', arrange: (fcm) => fcm.misbehave({ kind: 'disconnect', how: 'rst' }, { after: 249 }) },
  { name: 'FIN', arrange: (fcm) => fcm.misbehave({ kind: 'disconnect', how: 'fin' }, { after: 249 }) },
  { name: 'half-open', arrange: (fcm) => fcm.misbehave({ kind: 'half-open' }, { after: 249 }) },
  { name: 'frozen', arrange: (fcm) => fcm.misbehave({ kind: 'freeze' }, { after: 249 }) },
  { name: 'streams end without answer', arrange: (fcm) => fcm.misbehave({ kind: 'close-stream' }, { after: 249, times: 20 }) },
  {
    name: 'streams refused',
    arrange: (fcm) => fcm.misbehave({ kind: 'close-stream', code: 7 }, { after: 249, times: 20 }),
    needsHttp2: true,
  },
  { name: 'slow (400 ms)', arrange: (fcm) => fcm.misbehave({ kind: 'delay', ms: 400 }, storm) },
  { name: 'no answer to 20', arrange: (fcm) => fcm.misbehave({ kind: 'silence' }, { after: 249, times: 20 }) },
  { name: '429 storm', arrange: (fcm) => fcm.misbehave(quota, storm) },
  { name: '429 storm, Retry-After 2 s', arrange: (fcm) => fcm.misbehave({ ...quota, retryAfter: 2 }, storm) },
  { name: '500 storm', arrange: (fcm) => fcm.misbehave({ kind: 'answer', status: 500, errorCode: 'INTERNAL' }, storm) },
  { name: '503 storm', arrange: (fcm) => fcm.misbehave(unavailable, storm) },
  { name: '503 storm, Retry-After 2 s', arrange: (fcm) => fcm.misbehave({ ...unavailable, retryAfter: 2 }, storm) },
  {
    name: '503 storm, Retry-After as a date',
    arrange: (fcm) => fcm.misbehave({ ...unavailable, retryAfter: new Date(Date.now() + shortMs) }, storm),
  },
  { name: '503 with broken JSON', arrange: (fcm) => fcm.misbehave({ ...unavailable, kind: 'truncate' }, { after: 99, times: 50 }) },
  { name: '502 with a page in place of JSON', arrange: (fcm) => fcm.misbehave({ kind: 'answer', status: 502 }, { after: 99, times: 50 }) },
  { name: 'access token expired', arrange: (fcm) => fcm.misbehave({ kind: 'expire-token' }, { after: 249 }) },
  {
    name: 'token host says 503 for 3 s, refresh due',
    arrange: (fcm) => breakTokenHost(fcm, tokenHostDown),
    isRefreshDue: true,
    isThereAtOnce: true,
  },
  {
    name: 'token host silent for 3 s, refresh due',
    arrange: (fcm) => breakTokenHost(fcm, { kind: 'silence' }),
    isRefreshDue: true,
    isThereAtOnce: true,
  },
  { name: 'token host says 503 for 3 s, cold start', arrange: (fcm) => breakTokenHost(fcm, tokenHostDown), isCold: true },
  {
    name: 'token host silent for 3 s, cold start',
    arrange: (fcm) => breakTokenHost(fcm, { kind: 'silence' }),
    isCold: true,
  },
];

/** Enough to see that the bench works. */
export const quickFaults: readonly FcmFault[] = [
  { name: 'GOAWAY 7', arrange: (fcm) => fcm.misbehave({ kind: 'goaway', code: 7 }, { after: 49 }), needsHttp2: true },
  { name: '503 storm', arrange: (fcm) => fcm.misbehave(unavailable, { after: 49, times: 20 }) },
];

function breakTokenHost(fcm: SandboxFcm, told: Parameters<SandboxFcm['misbehaveTokens']>[0]): void {
  fcm.misbehaveTokens(told, { times: Infinity });
  setTimeout(() => fcm.behave(), shortMs).unref();
}

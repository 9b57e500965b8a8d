import type { SandboxWebpush, WebpushMisbehaviour } from '../../src/sandbox/webpush/sandbox-webpush.ts';
import type { Fault } from '../faults/fault.ts';

export type WebpushFault = Fault<SandboxWebpush>;

const storm = { after: 99, times: 200 };
const middle = { after: 249 };
const twenty = { after: 249, times: 20 };

function by(told: WebpushMisbehaviour, scope: { readonly after: number; readonly times?: number }): (sandbox: SandboxWebpush) => void {
  return (sandbox) => sandbox.misbehave(told, scope);
}

export const faults: readonly WebpushFault[] = [
  { name: 'none' },
  { name: 'GOAWAY 0', arrange: by({ kind: 'goaway', code: 0 }, middle), needsHttp2: true },
  { name: 'GOAWAY 7', arrange: by({ kind: 'goaway', code: 7 }, middle), needsHttp2: true },
  { name: 'RST', arrange: by({ kind: 'disconnect', how: 'rst' }, middle) },
  { name: 'FIN', arrange: by({ kind: 'disconnect', how: 'fin' }, middle) },
  { name: 'a connection answers no request any more', arrange: by({ kind: 'freeze' }, middle) },
  { name: 'closed without answer, 20 times', arrange: by({ kind: 'close-stream' }, twenty) },
  { name: 'no answer to 20', arrange: by({ kind: 'silence' }, twenty) },
  { name: 'slow (400 ms)', arrange: by({ kind: 'delay', ms: 400 }, storm) },
  { name: '429 storm', arrange: by({ kind: 'answer', status: 429 }, storm) },
  { name: '429 storm, Retry-After 2 s', arrange: by({ kind: 'answer', status: 429, retryAfter: 2 }, storm) },
  { name: '500 storm', arrange: by({ kind: 'answer', status: 500 }, storm) },
  { name: '503 storm, Retry-After 2 s', arrange: by({ kind: 'answer', status: 503, retryAfter: 2 }, storm) },
];

/** Enough to see that the bench works. */
export const quickFaults: readonly WebpushFault[] = [
  { name: 'closed without answer', arrange: by({ kind: 'close-stream' }, { after: 49, times: 5 }) },
  { name: '503 storm', arrange: by({ kind: 'answer', status: 503 }, { after: 49, times: 20 }) },
];

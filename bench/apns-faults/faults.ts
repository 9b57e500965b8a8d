import type { SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { give, parseSwitch } from '../../src/sandbox/switches.ts';
import type { Fault } from '../faults/fault.ts';

export type ApnsFault = Fault<SandboxApns>;

export const faults: readonly ApnsFault[] = [
  { name: 'none' },
  { name: 'one stream until the first accepted push', arrange: by('limit-late'), isCold: true },
  { name: 'limit falls to one after a rejection', arrange: by('limit-falls', 'answer=BadDeviceToken@100', 'answer=BadDeviceToken@200') },
  { name: 'GOAWAY 0', arrange: by('goaway@250') },
  { name: 'GOAWAY 7', arrange: by('goaway=7@250') },
  { name: 'GOAWAY 11', arrange: by('goaway=11@250') },
  { name: 'RST', arrange: by('rst@250') },
  { name: 'FIN', arrange: by('fin@250') },
  { name: 'half-open', arrange: by('half-open@250') },
  { name: 'frozen', arrange: by('freeze@250') },
  { name: 'streams end without answer', arrange: by('close-stream@250-269') },
  { name: 'slow (400 ms)', arrange: by('delay=400@100-299') },
  { name: '429 storm', arrange: by('answer=TooManyRequests@100-299') },
  { name: '500 storm', arrange: by('answer=InternalServerError@100-299') },
  { name: '503 storm', arrange: by('answer=ServiceUnavailable@100-299') },
  { name: '503 with broken JSON', arrange: by('truncated=Shutdown@100-149') },
  { name: '503 with unknown reason', arrange: by('unknown-reason=503@100-149') },
  { name: 'provider token expired', arrange: by('expire-token@250') },
];

/** Enough to see that the bench works. */
export const quickFaults: readonly ApnsFault[] = [
  { name: 'one stream until the first accepted push', arrange: by('limit-late'), isCold: true },
  { name: 'GOAWAY 7', arrange: by('goaway=7@50') },
  { name: '503 storm', arrange: by('answer=ServiceUnavailable@50') },
];

/** By switches, as `reveille sandbox --misbehave` takes them. */
function by(...switches: readonly string[]): (sandbox: SandboxApns) => void {
  return (sandbox) => {
    for (const text of switches) give(parseSwitch(text), sandbox);
  };
}

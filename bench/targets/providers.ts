import { runProviders } from '../providers/run-providers.ts';
import { atLeast, atMost, noting } from './finding.ts';
import type { Part } from './part.ts';

const inFlight = 100;

/** Our providers alone against the libraries that others use. */
export const providers: Part = {
  name: 'providers',
  what: 'APNs, FCM and Web Push providers alone against @parse/node-apn, firebase-admin and web-push',
  estimateSeconds: ({ rounds, ms }) => 15 + (6 * rounds * ms) / 1000,
  async run({ rounds, warmMs, ms }) {
    const rows = await runProviders({ inFlight: [inFlight], rounds, warmMs, ms });
    return rows.flatMap(({ service, library, ours, theirs, rate, cpu }) => [
      noting(
        atLeast(`${service} provider alone: pushes a second against ${library}`, 2, rate),
        `${ours.perSecond.toFixed(0)} and ${theirs.perSecond.toFixed(0)}`,
      ),
      noting(
        atMost(`${service} provider alone: CPU per push against ${library}`, 0.5, cpu),
        `${ours.cpuUsPerPush.toFixed(0)} and ${theirs.cpuUsPerPush.toFixed(0)} µs`,
      ),
    ]);
  },
};

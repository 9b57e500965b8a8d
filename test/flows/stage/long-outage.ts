/** The outage of long-outage.test.ts as long and as hard as asked for: `long-outage --server ejabberd --minutes 5 --rate 200`. */
import { parseArgs } from 'node:util';
import { ejabberd, prosody } from '../../servers/real-servers.ts';
import { serverOrSkip } from '../../servers/server-or-skip.ts';
import { openCrowd } from './open-crowd.ts';
import { type OutageReport, sufferOutage, type TimedSample } from './outage.ts';

const sampleMs = 2_000;
const minuteMs = 60_000;
const mebibyte = 1_048_576;

const { values } = parseArgs({
  options: {
    server: { type: 'string', default: 'ejabberd' },
    minutes: { type: 'string', default: '5' },
    rate: { type: 'string', default: '200' },
    users: { type: 'string', default: '400' },
    senders: { type: 'string', default: '4' },
  },
});

const server = values.server === 'prosody' ? prosody : ejabberd;
const skip = await serverOrSkip(server.packages);
if (skip !== false) throw new Error(skip);

await using cleanUp = new AsyncDisposableStack();
console.log(`${server.name}, ${values.users} users, ${values.senders} senders, ${values.rate} messages/s, ${values.minutes} min`);
const startedAt = performance.now();
const crowd = await openCrowd(server, cleanUp, { users: Number(values.users), senders: Number(values.senders), quiet: true });
console.log(`everybody has registered and gone away (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
const report = await sufferOutage(crowd, { perSecond: Number(values.rate), outageMs: Number(values.minutes) * minuteMs, sampleMs });
console.log(describe(report));
process.exitCode = isGood(report) ? 0 : 1;

function describe({ messages, fates, samples, backlog, recoveryMs, registered, sleepers }: OutageReport): string {
  const published = crowd.book.ledger.publishes.length;
  return [
    '| minute of the outage | publishes/s | resident MiB: least | median | most |',
    '| ---: | ---: | ---: | ---: | ---: |',
    ...byMinute(samples).map(describeMinute),
    '',
    `${messages} messages, ${published} publishes: ${JSON.stringify(fates)}; ${crowd.book.doubles} doubles`,
    `${backlog} pushes waited when the service came back; ${(recoveryMs / 1000).toFixed(1)} s later none, while messages came on`,
    `registered before ${registered.before}, after ${registered.after}; phones that don't wake any more: ${sleepers.length}`,
  ].join('\n');
}

/** Each with the last sample of the one before, so that no second is left out. */
function byMinute(samples: readonly TimedSample[]): readonly (readonly TimedSample[])[] {
  const minutes = Math.max(1, Math.round((samples.at(-1)?.atMs ?? 0) / minuteMs));
  return Array.from({ length: minutes }, (_, minute) =>
    samples.filter(({ atMs }) => atMs > minute * minuteMs - sampleMs / 2 && atMs < (minute + 1) * minuteMs + sampleMs / 2),
  );
}

function describeMinute(samples: readonly TimedSample[], index: number): string {
  const resident = samples.map(({ residentBytes }) => residentBytes / mebibyte).sort((a, b) => a - b);
  const [first, last] = [samples[0], samples.at(-1)];
  const perSecond = first && last ? ((last.publishes - first.publishes) * 1_000) / (last.atMs - first.atMs) : NaN;
  const numbers = [perSecond, resident[0], resident[Math.floor(resident.length / 2)], resident.at(-1)];
  return `| ${index + 1} | ${numbers.map((number) => (number ?? NaN).toFixed(0)).join(' | ')} |`;
}

function isGood({ broken, registered, sleepers }: OutageReport): boolean {
  return Object.keys(broken).length === 0 && registered.before === registered.after && sleepers.length === 0;
}

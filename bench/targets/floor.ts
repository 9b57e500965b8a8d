import type { Figures, Interval } from '../throughput/measure.ts';
import { buildMedians } from '../throughput/medians.ts';
import { contestants, openStage, type Contestant, type Stage } from '../throughput/stage.ts';
import { atLeast, atMost, noting, type Finding } from './finding.ts';
import type { Part, TargetsPlan } from './part.ts';

const cpuTargets = [
  { inFlight: 1, most: 1.6 },
  { inFlight: 100, most: 1.25 },
  { inFlight: 500, most: 1.25 },
];
const busiest = 500;
const slowMs = 100;
const pacedSlots = 900;

type Medians = Readonly<Record<Contestant, Figures>>;

/** Reveille beside the floor: a bare @xmpp/component (a) and a bare node:http2 session (b). */
export const floor: Part = {
  name: 'floor',
  what: 'CPU, rate and latency beside the floor',
  estimateSeconds: ({ rounds, ms, warmMs }) => 20 + ((cpuTargets.length + 1) * contestants.length + 1) * rounds * ((ms + warmMs) / 1000),
  async run(plan, cleanUp) {
    const stage = await openStage({ devices: plan.devices, nodeOptions: [] }, cleanUp);
    await stage.delay(0);
    for (const contestant of contestants) await stage.measure(contestant, { inFlight: 50, inBursts: false, warmMs: 0, ms: plan.ms });
    const findings: Finding[] = [];
    let rate = 0;
    for (const { inFlight, most } of cpuTargets) {
      const medians = await runRounds(stage, plan, { inFlight });
      findings.push(compareCpu(inFlight, most, medians));
      if (inFlight === busiest) findings.push(compareRate(medians));
      rate = medians.reveille.perSecond;
    }
    return [...findings, await measureLatency(stage, plan, rate / 2), await measureSlow(stage, plan)];
  },
};

function compareCpu(inFlight: number, most: number, { reveille, library, 'library-quick': quick, http2 }: Medians): Finding {
  const floorUs = Math.min(library.cpuUsPerPush, quick.cpuUsPerPush) + http2.cpuUsPerPush;
  const finding = atMost(`CPU per push against the floor, ${inFlight} in flight`, most, reveille.cpuUsPerPush / floorUs);
  return noting(
    finding,
    `${reveille.cpuUsPerPush.toFixed(0)} µs, floor ${floorUs.toFixed(0)} µs, database ${reveille.databaseUsPerPush.toFixed(1)} µs more`,
  );
}

function compareRate({ reveille, http2 }: Medians): Finding {
  const finding = atLeast(`pushes a second against floor (b), ${busiest} in flight`, 0.6, reveille.perSecond / http2.perSecond);
  return noting(finding, `${reveille.perSecond.toFixed(0)} and ${http2.perSecond.toFixed(0)}`);
}

/** What a push waits for the service itself is what a bare client waits at the same rate. */
async function measureLatency(stage: Stage, plan: TargetsPlan, perSecond: number): Promise<Finding> {
  const { reveille, library, 'library-quick': quick, http2 } = await runRounds(stage, plan, { inFlight: pacedSlots, perSecond });
  const floorMs = Math.min(library.p99Ms, quick.p99Ms);
  const own = Math.max(0, reveille.p99Ms - http2.p99Ms) / floorMs;
  const finding = atMost("p99 answer beyond the service's own at half load, against floor (a)'s", 3, own);
  return noting(
    finding,
    `p99 ${reveille.p99Ms.toFixed(2)} ms, service (b) ${http2.p99Ms.toFixed(2)} ms, (a) ${floorMs.toFixed(2)} ms, ${perSecond.toFixed(0)}/s`,
  );
}

async function measureSlow(stage: Stage, plan: TargetsPlan): Promise<Finding> {
  await stage.delay(slowMs);
  const { perSecond } = (await runRounds(stage, plan, { inFlight: busiest }, ['reveille'])).reveille;
  const most = (busiest * 1000) / slowMs;
  return noting(
    atLeast(`pushes a second of W / RTT, ${slowMs} ms service, ${busiest} in flight`, 0.95, perSecond / most),
    perSecond.toFixed(0),
  );
}

async function runRounds(
  stage: Stage,
  { rounds, warmMs, ms }: TargetsPlan,
  load: Pick<Interval, 'inFlight' | 'perSecond'>,
  who: readonly Contestant[] = contestants,
): Promise<Medians> {
  const measured: Record<Contestant, Figures[]> = { reveille: [], library: [], 'library-quick': [], http2: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const contestant of who) measured[contestant].push(await stage.measure(contestant, { ...load, inBursts: false, warmMs, ms }));
  return {
    reveille: buildMedians(measured.reveille),
    library: buildMedians(measured.library),
    'library-quick': buildMedians(measured['library-quick']),
    http2: buildMedians(measured.http2),
  };
}

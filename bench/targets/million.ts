import { openAround } from '../throughput/around.ts';
import { fillDevices, meetDevices } from '../throughput/fill-devices.ts';
import { openSubject } from '../throughput/subject.ts';
import { median } from '../base/statistics.ts';
import { atMost, noting, type Finding } from './finding.ts';
import { judgeCourse, loadFor } from './memory.ts';
import type { Part } from './part.ts';

const inFlight = 100;
const shareOfLoad = 5;

/** Many registered devices: what that takes in memory, and what a push costs then. */
export const million: Part = {
  name: 'million',
  what: 'a million devices registered, 200,000 of them known, beside 10,000',
  estimateSeconds: ({ manyDevices, knownDevices, rounds, ms, loadMs }) =>
    30 + manyDevices / 15_000 + knownDevices / 5_000 + (2 * rounds * ms + loadMs / shareOfLoad) / 1000,
  async run(plan, cleanUp): Promise<readonly Finding[]> {
    const around = await openAround(cleanUp);
    const few = await openSubject(around, { domain: 'few.example.org', built: plan.built }, cleanUp);
    const many = await openSubject(around, { domain: 'many.example.org', built: plan.built }, cleanUp);
    console.error(`  putting ${plan.manyDevices} devices into the database`);
    await fillDevices(few.databaseUrl, 0, plan.devices);
    await fillDevices(many.databaseUrl, 0, plan.manyDevices);
    console.error(`  publishing to ${plan.knownDevices} of them`);
    await meetDevices(around, few, plan.devices);
    await meetDevices(around, many, plan.knownDevices);
    const ratios: number[] = [];
    const costs: string[] = [];
    for (let round = 0; round < plan.rounds; round += 1) {
      const interval = { inFlight, inBursts: false, warmMs: plan.warmMs, ms: plan.ms };
      const [less, more] = [await few.measure(interval), await many.measure(interval)];
      ratios.push((more.cpuUsPerPush + more.databaseUsPerPush) / (less.cpuUsPerPush + less.databaseUsPerPush));
      costs.push(
        `${(more.cpuUsPerPush + more.databaseUsPerPush).toFixed(0)}/${(less.cpuUsPerPush + less.databaseUsPerPush).toFixed(0)} µs`,
      );
    }
    const what = `${plan.manyDevices} devices against ${plan.devices} (warm), database included`;
    const cost = noting(atMost(`CPU per push at ${what}`, 1.1, median(ratios)), costs.join(', '));
    const course = await loadFor(many, plan.loadMs / shareOfLoad);
    return [cost, ...judgeCourse(`with ${plan.manyDevices} devices, ${plan.knownDevices} known, under load`, 300, course, many)];
  },
};

import { median } from '../base/statistics.ts';
import { openAround } from '../throughput/around.ts';
import { fillDevices, meetDevices } from '../throughput/fill-devices.ts';
import { openShared } from '../throughput/shared-database.ts';
import { openSubject } from '../throughput/subject.ts';
import { atLeast, noting } from './finding.ts';
import type { Part } from './part.ts';

const inFlight = 500;

/** Two processes on one PostgreSQL, attached to a server that spreads its publishes over connections, against one. */
export const twoProcesses: Part = {
  name: 'processes',
  what: 'two processes on one PostgreSQL against one',
  estimateSeconds: ({ rounds, ms }) => 40 + (2 * rounds * ms) / 1000,
  async run({ built, devices, rounds, warmMs, ms }, cleanUp) {
    const around = await openAround(cleanUp);
    const database = await openShared(cleanUp);
    const one = await openSubject(around, { domain: 'one.example.org', built, database }, cleanUp);
    const two = await openSubject(around, { domain: 'two.example.org', built, database, processes: 2 }, cleanUp);
    await fillDevices(database.url, 0, devices);
    for (const subject of [one, two]) await meetDevices(around, subject, devices);
    const ratios: number[] = [];
    const notes: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const interval = { inFlight, inBursts: false, warmMs, ms };
      const [single, double] = [await one.measure(interval), await two.measure(interval)];
      ratios.push(double.perSecond / single.perSecond);
      notes.push(
        `${double.perSecond.toFixed(0)}/${single.perSecond.toFixed(0)}/s at ${double.cpuUsPerPush.toFixed(0)}/${single.cpuUsPerPush.toFixed(0)} µs`,
      );
    }
    const finding = atLeast(`pushes a second of two processes against one, ${inFlight} in flight`, 1.7, median(ratios));
    return [noting(finding, `${notes.join(', ')}; generator and push service run on the same cores`)];
  },
};

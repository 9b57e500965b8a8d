import { buildChart, type Colour, type Panel } from './chart.ts';
import { serviceNames, type ServiceName } from '../device.ts';
import type { Sample } from './sampler.ts';
import type { Window } from './window.ts';

const colourOf: Readonly<Record<ServiceName, Colour>> = { apns: 'orange', fcm: 'green' };
/** Points in a picture: more than there is room for is of no use. */
const mostPoints = 600;

/** Memory, backlog and rates over the run. */
export function drawRun(samples: readonly Sample[], shaded: readonly Window[], more: readonly Panel[] = []): string {
  const startedAt = samples[0]?.at ?? 0;
  const seconds = (at: number) => (at - startedAt) / 1000;
  const thinned = thin(samples);
  const line = (name: string, colour: Colour, value: (sample: Sample) => number) => ({
    name,
    colour,
    points: thinned.map((sample) => [seconds(sample.at), value(sample)] as const),
  });
  const rate = (name: string, colour: Colour, sum: (sample: Sample) => number) => ({
    name,
    colour,
    points: buildRate(thinned, seconds, sum),
  });
  const panels: readonly Panel[] = [
    {
      title: 'memory of the process, MB',
      series: [line('resident', 'blue', ({ rssMb }) => rssMb), line('heap in use', 'orange', ({ heapMb }) => heapMb)],
    },
    {
      title: 'pushes that wait in the database',
      series: serviceNames.map((name) => line(name, colourOf[name], ({ waiting }) => waiting[name])),
    },
    {
      title: 'a second',
      series: [
        rate('published', 'blue', ({ published }) => published),
        ...serviceNames.map((name) => rate(`accepted, ${name}`, colourOf[name], ({ accepted }) => accepted[name])),
      ],
    },
    ...more,
  ];
  const bands = shaded.map(([from, to]) => [seconds(from), seconds(to)] as const);
  return buildChart(panels, seconds(samples.at(-1)?.at ?? 0), bands);
}

function buildRate(samples: readonly Sample[], seconds: (at: number) => number, sum: (sample: Sample) => number) {
  return samples.slice(1).flatMap((sample, index) => {
    const before = samples[index];
    return before === undefined ? [] : [[seconds(sample.at), ((sum(sample) - sum(before)) * 1000) / (sample.at - before.at)] as const];
  });
}

function thin(samples: readonly Sample[]): readonly Sample[] {
  const step = Math.ceil(samples.length / mostPoints);
  return samples.filter((_, index) => index % step === 0);
}

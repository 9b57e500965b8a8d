import { setTimeout as wait } from 'node:timers/promises';
import { openAround } from '../throughput/around.ts';
import { openSubject, type Subject } from '../throughput/subject.ts';
import { formatMegabytes } from '../throughput/table.ts';
import { atMost, noting, type Finding } from './finding.ts';
import type { Part } from './part.ts';

const inFlight = 500;
const pieceMs = 20_000;
const megabyte = 1e6;
/** Beyond what a garbage collector does from minute to minute. */
const mostGrowth = 1.1;

/** Until what the heap grew to is given back (`cli/serve/heap-return.ts`), as a multiple of the rest at the beginning. */
const rests = 4;

/** Resident memory at rest, under load and after it. */
export const memory: Part = {
  name: 'memory',
  what: 'resident memory at rest, under load and after it',
  estimateSeconds: ({ loadMs, restMs }) => 20 + (loadMs + (1 + rests) * restMs) / 1000,
  async run(plan, cleanUp) {
    const around = await openAround(cleanUp);
    const subject = await openSubject(around, { domain: 'push.example.org', built: plan.built }, cleanUp);
    await wait(plan.restMs);
    const idle = subject.memory();
    await subject.register(plan.devices);
    const course = await loadFor(subject, plan.loadMs);
    const underLoad = judgeCourse(
      `after ${Math.round(plan.loadMs / 60_000)} min at ${inFlight} in flight, ${plan.devices} devices`,
      160,
      course,
      subject,
    );
    await wait(rests * plan.restMs);
    return [
      noting(atMost('resident memory idle', 100, idle.rss / megabyte, ' MB', 0), `database ${formatMegabytes(idle.database)} more`),
      ...underLoad,
      atMost(`resident memory ${(rests * plan.restMs) / 1000} s after that load`, 160, subject.memory().rss / megabyte, ' MB', 0),
    ];
  },
};

/** Resident bytes while it is under load, piece after piece. */
export async function loadFor(subject: Subject, ms: number): Promise<readonly number[]> {
  const course: number[] = [];
  for (let left = ms; left > 0; left -= pieceMs) {
    const { arrived, ended } = await subject.measure({ inFlight, inBursts: false, warmMs: 0, ms: Math.min(left, pieceMs) });
    if (arrived !== ended) throw new Error(`${ended} publishes were answered, ${arrived} pushes arrived`);
    course.push(subject.memory().rss);
    console.error(`  ${Math.round(Math.max(0, left - pieceMs) / 1000)} s left, resident ${formatMegabytes(course.at(-1) ?? 0)}`);
  }
  return course;
}

/** Below its bound at the end; and the second half not above the first, which is how "never growing" shows. */
export function judgeCourse(what: string, most: number, course: readonly number[], subject: Pick<Subject, 'memory'>): readonly Finding[] {
  const half = Math.ceil(course.length / 2);
  const [first, second] = [Math.max(...course.slice(0, half)), Math.max(...course.slice(-half))];
  const note = `at most ${formatMegabytes(Math.max(first, second))}; database ${formatMegabytes(subject.memory().database)} more`;
  return [
    noting(atMost(`resident memory ${what}`, most, (course.at(-1) ?? NaN) / megabyte, ' MB', 0), note),
    atMost(`growth of it, second half of the time against the first`, mostGrowth, second / first),
  ];
}

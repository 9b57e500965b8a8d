import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../base/random.ts';
import type { Absences } from '../endurance/absences.ts';
import { serviceNames, type ServiceName } from '../endurance/device.ts';
import type { Population } from '../endurance/population.ts';
import { Unanswered } from '../endurance/stage/scripted-server.ts';
import type { Stage } from '../endurance/stage/stage.ts';
import { admin, buildCommand, isResult } from '../endurance/stage/stanzas.ts';

/** Something that happens again and again. */
export interface Habit {
  readonly name: string;
  /** On average, in a run that is long enough to have four of it. */
  readonly everyMs: number;
  readonly act: () => unknown;
}

export interface Cast {
  readonly stage: Stage;
  readonly population: Population;
  readonly absences: Absences;
  readonly random: Random;
}

const outageMs = [5_000, 15_000] as const;
const atLeast = 4;

/** What a server sees in its everyday life; as many devices come as go. */
export function buildHabits({ stage, population, absences, random }: Cast): readonly Habit[] {
  const service = (): ServiceName => serviceNames[random.below(serviceNames.length)] ?? 'apns';
  const { server, services } = stage;
  return [
    { name: 'device registered', everyMs: 1_000, act: () => population.register(service()) },
    { name: 'device unregistered by command', everyMs: 2_000, act: () => population.unregisterByCommand() },
    { name: 'device unregistered over REST', everyMs: 4_000, act: () => population.unregisterByRest() },
    { name: 'token dead', everyMs: 4_000, act: () => population.die() },
    { name: 'admin command', everyMs: 10_000, act: () => runAdminCommand(stage, population, random) },
    { name: 'GOAWAY', everyMs: 30_000, act: () => services[service()].misbehave({ kind: 'goaway', code: 0 }) },
    { name: 'link lost', everyMs: 180_000, act: () => server.link?.cut(random.below(2) === 0 ? 'rst' : 'fin') },
    { name: 'outage', everyMs: 120_000, act: () => takeAway(absences, service(), random) },
  ];
}

/** Until the signal aborts, each at times of its own; settles with how often each came about, once those under way are over. */
export async function live(
  habits: readonly Habit[],
  random: Random,
  totalMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const repeat = async ({ name, everyMs, act }: Habit) => {
    const meanMs = Math.min(everyMs, totalMs / atLeast);
    while (await rest(random.between(meanMs / 2, (meanMs * 3) / 2), signal)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      await act();
    }
  };
  await Promise.all(habits.map(repeat));
  return counts;
}

/** False where the signal aborts meanwhile. */
async function rest(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch(() => undefined); // aborted: the caller looks
  return !signal.aborted;
}

async function takeAway(absences: Absences, service: ServiceName, random: Random): Promise<void> {
  const absence = await absences.begin(service, '503');
  await sleep(random.between(outageMs[0], outageMs[1]));
  await absences.end(absence);
}

async function runAdminCommand({ server }: Stage, { troubles }: Population, random: Random): Promise<void> {
  const node = ['statistics', 'list-devices', 'certificate-status'][random.below(3)] ?? '';
  try {
    const answer = await server.ask((id) => buildCommand(id, `${admin}/desk`, node));
    if (!isResult(answer)) troubles.push(`${node}: ${answer}`);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
  }
}

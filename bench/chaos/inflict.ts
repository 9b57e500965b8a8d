import { setTimeout as sleep } from 'node:timers/promises';
import type { WireMisbehaviour } from '../../src/sandbox/server/misbehaviour.ts';
import type { Fault, FaultKind } from './plan.ts';
import type { Instance } from './world/instance.ts';
import type { Service } from './world/services.ts';
import type { World } from './world/world.ts';

/** Does it, and undoes it when its time is over; settles then, with everything running again or on its way. */
export async function inflict(fault: Fault, { database, services, instances }: World): Promise<void> {
  const { kind, part, lastsMs, jumpMs } = fault;
  const [a, b] = instances;
  const instance = part === 'instance-b' ? b : a;
  const service = part === 'fcm' ? services.fcm : services.apns;
  if (instance === undefined) throw new Error(`no ${part}`);
  if (isSessionFault(kind)) return misbehave(service, lastsMs, () => service.misbehave(sessionFaults[kind], { times: fault.times }));
  switch (kind) {
    case 'kill -9':
      return replace(instance, 'SIGKILL', lastsMs);
    case 'SIGTERM':
      return replace(instance, 'SIGTERM', lastsMs);
    case 'SIGSTOP, later SIGCONT':
      return instance.stall('process', lastsMs);
    case 'server stops reading':
      return instance.stall('link', lastsMs);
    case 'link reset':
      instance.link?.cut('rst');
      return;
    case 'link ended':
      instance.link?.cut('fin');
      return;
    case 'clock ahead':
      return jump(instance, jumpMs, lastsMs);
    case 'clock behind':
      return jump(instance, -jumpMs, lastsMs);
    case 'database restart':
      return database.restart(lastsMs);
    case 'database kill -9':
      database.kill();
      return;
    case 'outage 503':
      return misbehave(service, lastsMs, () => service.refuse(503, { times: Infinity }));
    case 'outage 429':
      return misbehave(service, lastsMs, () => service.refuse(429, { times: Infinity }));
  }
}

type SessionFault = 'goaway 0' | 'goaway 7' | 'goaway 11' | 'rst' | 'fin' | 'half-open' | 'freeze' | 'silence' | 'close-stream';

const sessionFaults: Readonly<Record<SessionFault, WireMisbehaviour>> = {
  'goaway 0': { kind: 'goaway', code: 0 },
  'goaway 7': { kind: 'goaway', code: 7 },
  'goaway 11': { kind: 'goaway', code: 11 },
  rst: { kind: 'disconnect', how: 'rst' },
  fin: { kind: 'disconnect', how: 'fin' },
  'half-open': { kind: 'half-open' },
  freeze: { kind: 'freeze' },
  silence: { kind: 'silence' },
  'close-stream': { kind: 'close-stream' },
};

function isSessionFault(kind: FaultKind): kind is SessionFault {
  return Object.hasOwn(sessionFaults, kind);
}

async function replace(instance: Instance, signal: 'SIGKILL' | 'SIGTERM', absentMs: number): Promise<void> {
  await instance.end(signal);
  await sleep(absentMs);
  instance.start();
}

/** There and back again. */
async function jump(instance: Instance, aheadMs: number, ms: number): Promise<void> {
  instance.setClock(aheadMs);
  await sleep(ms);
  instance.setClock(0);
}

async function misbehave(service: Service, ms: number, begin: () => void): Promise<void> {
  begin();
  await sleep(ms);
  service.behave();
}

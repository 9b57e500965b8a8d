import { setTimeout as pause } from 'node:timers/promises';
import { findPort } from '../base/find-port.ts';
import { readCpu, type Measured } from '../base/usage.ts';
import { openAround } from '../throughput/around.ts';
import { buildPackage } from '../throughput/build.ts';
import { fillDevices } from '../throughput/fill-devices.ts';
import { here, secret } from '../throughput/reveille.ts';
import { openSubject, provider } from '../throughput/subject.ts';
import { Crowd } from './crowd.ts';
import type { Plan } from './plan.ts';

const domain = 'push.example.org';
/** So many of the connected devices are pushed to, to see that they are. */
const mostPushes = 1_000;

export interface Figures {
  readonly connections: number;
  readonly keepAliveSeconds: number;
  readonly idleBytes: number;
  readonly connectedBytes: number;
  readonly connectMs: number;
  /** Of the connecting: Reveille's and its database's processor time. */
  readonly connectCpuUs: number;
  /** Shares of a core: with nobody connected, and with all of them. */
  readonly idleCore: number;
  readonly connectedCore: number;
  readonly pings: number;
  readonly pingCpuUs: number;
  readonly pushes: number;
  readonly arrived: number;
  readonly elsewhere: number;
  /** From the order to stop until the process is gone; of the next from its start until it is ready; from the order until all are back. */
  readonly stopMs: number;
  readonly startMs: number;
  readonly backMs: number;
  readonly backCpuUs: number;
}

export async function run(plan: Plan, say: (what: string) => void): Promise<Figures> {
  await using cleanUp = new AsyncDisposableStack();
  const { connections, keepAliveSeconds } = plan;
  const around = await openAround(cleanUp);
  const httpPort = await findPort();
  const tables = `[local-push]\nproviders = ["${provider}"]\nkeep-alive = "${keepAliveSeconds}s"\n`;
  const built = buildPackage(here, cleanUp);
  const subject = await openSubject(around, { domain, built, httpPort, tables }, cleanUp);
  await fillDevices(subject.databaseUrl, 0, connections);
  await around.load.ask('adopt', { domain, devices: connections });

  say(`nobody is connected: ${plan.idleMs / 1000} s`);
  const idle = await watch(subject.measured, () => pause(plan.idleMs));
  const idleBytes = subject.memory().rss;

  say(`${connections} devices connect`);
  const crowd = new Crowd(connections, cleanUp);
  const connecting = await watch(subject.measured, () =>
    crowd.connect(`ws://127.0.0.1:${httpPort}/local-push`, secret, plan.longestWaitMs),
  );
  say(`all are connected after ${Math.round(connecting.ms)} ms; pings for ${keepAliveSeconds} s`);
  const before = await crowd.count();
  const pinging = await watch(subject.measured, () => pause(keepAliveSeconds * 1_000));
  const pings = (await crowd.count()).pings - before.pings;
  const connectedBytes = subject.memory().rss;

  const pushes = Math.min(mostPushes, connections);
  say(`${pushes} pushes`);
  await around.load.ask('publishToEach', { domain, from: 0, to: pushes });
  const { pushes: arrived } = await crowd.count();
  const elsewhere = await around.sink.ask('count', undefined);

  say('Reveille is restarted');
  const stoppedAt = performance.now();
  await subject.close();
  const stopMs = performance.now() - stoppedAt;
  say(`gone after ${Math.round(stopMs)} ms`);
  const next = await subject.restart();
  const beforeBack = readCpu(next.measured);
  await crowd.untilAll();
  const backMs = performance.now() - stoppedAt;
  const afterBack = readCpu(next.measured);
  say(`all are back ${Math.round(backMs)} ms after it was told to stop`);
  return {
    connections,
    keepAliveSeconds,
    idleBytes,
    connectedBytes,
    connectMs: connecting.ms,
    connectCpuUs: connecting.cpuUs,
    idleCore: idle.core,
    connectedCore: pinging.core,
    pings,
    pingCpuUs: ((pinging.core - idle.core) * pinging.ms * 1_000) / pings,
    pushes,
    arrived,
    elsewhere,
    stopMs,
    startMs: next.startMs,
    backMs,
    backCpuUs: afterBack.programUs + afterBack.databaseUs - beforeBack.programUs - beforeBack.databaseUs,
  };
}

interface Watched {
  readonly ms: number;
  /** With the database's. */
  readonly cpuUs: number;
  /** Share of a core that Reveille itself took. */
  readonly core: number;
}

async function watch(measured: Measured, work: () => Promise<unknown>): Promise<Watched> {
  const [startedAt, before] = [performance.now(), readCpu(measured)];
  await work();
  const [ms, after] = [performance.now() - startedAt, readCpu(measured)];
  const programUs = after.programUs - before.programUs;
  return { ms, cpuUs: programUs + after.databaseUs - before.databaseUs, core: programUs / (ms * 1_000) };
}

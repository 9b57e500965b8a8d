import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCpuUs } from '../../base/cpu-time.ts';
import type { Answer } from '../book.ts';
import type { ServiceName } from '../device.ts';
import type { Stage } from '../stage/stage.ts';
import type { Totals } from '../traffic.ts';

const everyMs = 1_000;
const scrapeLimitMs = 30_000;

/** What the process looked like at one moment; numbers that only grow are sums since the beginning. */
export interface Sample {
  readonly at: number;
  readonly rssMb: number;
  /** Used heap, garbage included; as of the last scrape. */
  readonly heapMb: number;
  readonly fds: number;
  readonly sockets: number;
  readonly cpuSeconds: number;
  readonly waiting: Readonly<Record<ServiceName, number>>;
  readonly published: number;
  readonly answers: Readonly<Record<Answer, number>>;
  readonly accepted: Readonly<Record<ServiceName, number>>;
}

/** Looks at the process once a second until the signal aborts; rejects where it is gone. */
export async function takeSamples(stage: Stage, totals: Totals, scrapeEveryMs: number, signal: AbortSignal): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const startedAt = performance.now();
  let heapMb = NaN;
  let scrapedAt = -Infinity;
  while (!signal.aborted) {
    const at = performance.now();
    if (at - scrapedAt >= scrapeEveryMs) {
      scrapedAt = at;
      heapMb = await scrapeHeapMb(stage.reveille.origin);
    }
    samples.push(await takeSample(stage, totals, heapMb));
    await sleep(everyMs - ((performance.now() - startedAt) % everyMs), undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
  return samples;
}

async function takeSample({ reveille, backlog }: Stage, totals: Totals, heapMb: number): Promise<Sample> {
  const waiting = await backlog.count();
  const { pid } = reveille;
  const { published, answers, accepted } = totals;
  return {
    at: performance.now(),
    rssMb: readRssMb(pid),
    heapMb,
    ...countDescriptors(pid),
    cpuSeconds: readCpuUs(pid) / 1_000_000,
    waiting,
    published,
    answers: { ...answers },
    accepted: { ...accepted },
  };
}

/** As the kernel counts it. */
export function readRssMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
}

function countDescriptors(pid: number): Pick<Sample, 'fds' | 'sockets'> {
  const folder = `/proc/${pid}/fd`;
  const fds = readdirSync(folder);
  return { fds: fds.length, sockets: fds.filter((fd) => isSocket(`${folder}/${fd}`)).length };
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:');
  } catch {
    return false; // closed since the folder was read
  }
}

async function scrapeHeapMb(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`, { signal: AbortSignal.timeout(scrapeLimitMs) })).text();
  return Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1]) / 1024 / 1024;
}

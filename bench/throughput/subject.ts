import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMemory, type Measured, type MemoryUsage } from '../base/usage.ts';
import { buildSigningKey } from '../../src/sandbox/authority.ts';
import { findPostmaster } from '../../src/registry/embedded/process/postmaster.ts';
import type { Around } from './around.ts';
import type { Figures, Interval } from './measure.ts';
import { startReveille } from './reveille.ts';

export const provider = 'tigase:messenger:apns:1';

export interface SubjectOptions {
  readonly domain: string;
  readonly nodeOptions?: readonly string[];
  /** A checkout with packages; this one where not given. */
  readonly root?: string;
}

/** What a workload got done, and how many pushes the push service saw meanwhile. */
export interface CountedFigures extends Figures {
  readonly arrived: number;
}

/** One Reveille with its embedded database, attached. */
export interface Subject {
  readonly measured: Measured;
  /** From start to `ready`. */
  readonly startMs: number;
  readonly databaseUrl: string;
  /** Registers so many devices, and publishes once to each: the first push of a device asks the database. */
  register(devices: number): Promise<void>;
  /** Publishes, alone among all subjects. */
  measure(interval: Interval): Promise<CountedFigures>;
  memory(): MemoryUsage;
  /** Ends it and starts it anew on the same database. */
  restart(): Promise<Subject>;
  close(): Promise<void>;
}

/** Left to `cleanUp`. */
export async function openSubject(around: Around, options: SubjectOptions, cleanUp: AsyncDisposableStack): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-bench-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // As root, the embedded database runs as a user of its own.
  return start(around, options, folder, cleanUp);
}

async function start(around: Around, options: SubjectOptions, folder: string, cleanUp: AsyncDisposableStack): Promise<Subject> {
  const { load, sink } = around;
  const { domain } = options;
  const reveille = startReveille({ ...around, ...options, folder, provider, key: buildSigningKey() });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= reveille.close());
  cleanUp.defer(close);
  const startMs = await reveille.ready;
  await Promise.race([load.ask('attached', { domain, connections: 1 }), reveille.failed]);
  const { pid, socketFolder } = findPostmaster(join(folder, 'data/postgres')) ?? { pid: 0, socketFolder: '' };
  const measured = { programs: [reveille.pid], databases: [pid] };
  return {
    measured,
    startMs,
    databaseUrl: `postgresql://reveille@localhost/reveille?host=${encodeURIComponent(socketFolder)}`,
    async register(devices) {
      await load.ask('register', { domain, provider, devices });
      await load.ask('publishToEach', { domain });
    },
    async measure(interval) {
      const before = await sink.ask('count', undefined);
      const figures = await Promise.race([load.ask('publish', { ...interval, domain, measured }), reveille.failed]);
      return { ...figures, arrived: (await sink.ask('count', undefined)) - before };
    },
    memory: () => readMemory(measured),
    async restart() {
      await close();
      return start(around, options, folder, cleanUp);
    },
    close,
  };
}

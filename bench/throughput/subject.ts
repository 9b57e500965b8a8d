import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMemory, type Measured, type MemoryUsage } from '../base/usage.ts';
import { buildSigningKey } from '../../src/sandbox/authority.ts';
import { findPostmaster } from '../../src/registry/embedded/process/postmaster.ts';
import type { Around } from './around.ts';
import type { Figures, Interval } from './measure.ts';
import { startReveille } from './reveille.ts';

export const provider = 'tigase:messenger:apns:1';

/** A PostgreSQL that somebody else starts and ends. */
export interface SharedDatabase {
  readonly url: string;
  /** Of its postmaster. */
  readonly pid: number;
}

export interface SubjectOptions {
  readonly domain: string;
  /** What `buildPackage` made. */
  readonly built: string;
  readonly nodeOptions?: readonly string[];
  /** The embedded one where not given. */
  readonly database?: SharedDatabase;
  /** On a shared database: how many run, each with a connection of its own. */
  readonly processes?: number;
  /** Of its HTTP side, which is a free port else, and another after a restart. */
  readonly httpPort?: number;
  /** Tables that the configuration has besides, in TOML. */
  readonly tables?: string;
}

/** What a workload got done, and how many pushes the push service saw meanwhile. */
export interface CountedFigures extends Figures {
  readonly arrived: number;
}

/** Reveille with its database, attached. */
export interface Subject {
  readonly domain: string;
  readonly measured: Measured;
  /** From start to `ready`, of the slowest process. */
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
  const { domain, database, processes: count = 1 } = options;
  const key = buildSigningKey();
  const processes = Array.from({ length: count }, (_, index) => {
    const own = join(folder, String(index));
    mkdirSync(own, { recursive: true });
    return startReveille({ ...around, ...options, folder: own, provider, key, databaseUrl: database?.url });
  });
  let closing: Promise<unknown> | undefined;
  const close = async () => {
    await (closing ??= Promise.all(processes.map((reveille) => reveille.close())));
  };
  cleanUp.defer(close);
  const failed = Promise.race(processes.map((reveille) => reveille.failed));
  const startMs = Math.max(...(await Promise.all(processes.map(({ ready }) => ready))));
  await Promise.race([load.ask('attached', { domain, connections: count }), failed]);
  const { url, pid } = database ?? findEmbedded(join(folder, '0/data/postgres'));
  const measured = { programs: processes.map((reveille) => reveille.pid), databases: [pid] };
  return {
    domain,
    measured,
    startMs,
    databaseUrl: url,
    async register(devices) {
      await load.ask('register', { domain, provider, devices });
      await load.ask('publishToEach', { domain });
    },
    async measure(interval) {
      const before = await sink.ask('count', undefined);
      const figures = await Promise.race([load.ask('publish', { ...interval, domain, measured }), failed]);
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

/** Throws where none runs on the cluster. */
export function findEmbedded(cluster: string): SharedDatabase {
  const found = findPostmaster(cluster);
  if (found === undefined) throw new Error(`no PostgreSQL runs on ${cluster}`);
  return { url: `postgresql://reveille@localhost/reveille?host=${encodeURIComponent(found.socketFolder)}`, pid: found.pid };
}

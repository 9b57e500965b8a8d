import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { usualNodeOptions } from '../../scripts/release/tree/launcher.ts';
import type { SigningKey } from '../../src/sandbox/authority.ts';

/** This checkout. */
export const here = fileURLToPath(new URL('../../', import.meta.url));
/** Of the component. */
export const secret = 'any';
const startLimitMs = 120_000;
const stopLimitMs = 20_000;

export interface ReveilleOptions {
  /** Configuration and embedded database go here. */
  readonly folder: string;
  readonly domain: string;
  readonly provider: string;
  readonly serverPort: number;
  readonly sinkPort: number;
  readonly ca: string;
  readonly key: SigningKey;
  /** Behind those of the packages, and win over them. */
  readonly nodeOptions?: readonly string[] | undefined;
  /** What `buildPackage` made. */
  readonly built: string;
  /** The embedded PostgreSQL where not given. */
  readonly databaseUrl?: string | undefined;
  /** Of its HTTP side; a free one where not given. */
  readonly httpPort?: number | undefined;
  /** Tables that the configuration has besides, in TOML. */
  readonly tables?: string | undefined;
}

/** `reveille serve`, as an administrator runs it. */
export interface ReveilleProcess {
  readonly pid: number;
  /** Settles with the milliseconds from start to `ready`; rejects when that takes too long. */
  readonly ready: Promise<number>;
  /** Rejects when the process ends before it was asked to. */
  readonly failed: Promise<never>;
  /** Asks it to end; settles when it is gone. */
  close(): Promise<void>;
}

export function startReveille(options: ReveilleOptions): ReveilleProcess {
  const { folder, ca, key, nodeOptions = [], built } = options;
  const config = join(folder, 'reveille.toml');
  writeFileSync(config, buildConfig(options));
  writeFileSync(join(folder, 'ca.pem'), ca);
  writeFileSync(join(folder, 'key.p8'), key.p8);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [usualNodeOptions, ...nodeOptions, join(built, 'dist/src/main.js'), 'serve', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const ready = Promise.withResolvers<number>();
  const timer = setTimeout(() => ready.reject(new Error('reveille is not ready in time')), startLimitMs);
  timer.unref();
  createInterface(child.stdout).on('line', (line) => {
    if (line.includes('"event":"ready"')) ready.resolve(performance.now() - startedAt);
    else if (/"level":"(warn|error)"/.test(line)) console.error(line);
  });
  ready.promise.catch(() => undefined);
  let isClosing = false;
  const failed = exited.then(([code]) => {
    if (!isClosing) throw new Error(`reveille ended with ${String(code)}`);
    return new Promise<never>(() => undefined);
  });
  failed.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ready: Promise.race([ready.promise, failed]).finally(() => clearTimeout(timer)),
    failed,
    async close() {
      isClosing = true;
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      await exited;
      clearTimeout(killer);
    },
  };
}

function buildConfig({ domain, provider, serverPort, sinkPort, key, databaseUrl, httpPort = 0, tables = '' }: ReveilleOptions): string {
  return `
[component]
jid = "${domain}"
server = "127.0.0.1:${serverPort}"
secret = "${secret}"
[database]
${databaseUrl === undefined ? 'data-dir = "data"' : `url = ${JSON.stringify(databaseUrl)}`}
[http]
listen = "127.0.0.1:${httpPort}"
[log]
level = "info"
[limits]
registrations-per-minute = 100000
[providers."${provider}"]
use = "apns"
apns-topic = "org.example.app"
key-file = "key.p8"
key-id = "${key.keyId}"
team-id = "${key.teamId}"
endpoint = "https://127.0.0.1:${sinkPort}"
ca-file = "ca.pem"
${tables}`;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SigningKey } from '../../src/sandbox/authority.ts';

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const stopLimitMs = 20_000;

export interface ReveilleOptions {
  /** Configuration and database go here. */
  readonly folder: string;
  readonly domain: string;
  readonly provider: string;
  readonly serverPort: number;
  readonly sinkPort: number;
  readonly ca: string;
  readonly key: SigningKey;
  readonly nodeOptions: readonly string[];
}

/** `reveille serve`, as an administrator runs it. */
export interface ReveilleProcess {
  readonly pid: number;
  /** Rejects when the process ends before it was asked to. */
  readonly failed: Promise<never>;
  /** Asks it to end; settles when it is gone. */
  close(): Promise<void>;
}

export function startReveille(options: ReveilleOptions): ReveilleProcess {
  const { folder, ca, key, nodeOptions } = options;
  const config = join(folder, 'reveille.toml');
  writeFileSync(config, buildConfig(options));
  writeFileSync(join(folder, 'ca.pem'), ca);
  writeFileSync(join(folder, 'key.p8'), key.p8);
  const child = spawn(process.execPath, [...nodeOptions, program, 'serve', '--config', config], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exited = once(child, 'exit');
  let isClosing = false;
  const failed = exited.then(([code]) => {
    if (!isClosing) throw new Error(`reveille ended with ${String(code)}`);
    return new Promise<never>(() => undefined);
  });
  failed.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    failed,
    async close() {
      isClosing = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function buildConfig({ domain, provider, serverPort, sinkPort, key }: ReveilleOptions): string {
  return `
[component]
jid = "${domain}"
server = "127.0.0.1:${serverPort}"
secret = "any"
[database]
data-dir = "data"
[http]
listen = "127.0.0.1:0"
[log]
level = "warn"
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
`;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Provider ids and what each provider does. */
export const providers = { accepting: 'accept', control: 'accept', hanging: 'hang', throwing: 'throw' } as const;
export type ProviderId = keyof typeof providers;
export const domain = 'push.example.org';

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const provider = fileURLToPath(new URL('provider.ts', import.meta.url));
const stopLimitMs = 20_000;

/** `reveille serve` with the four providers, its log thrown away; `onExit` is called when it is gone; returns what ends it. */
export function startReveille(folder: string, serverPort: number, onExit: () => void): () => Promise<void> {
  const file = join(folder, 'reveille.toml');
  writeFileSync(file, buildConfig(serverPort));
  const child = spawn(process.execPath, [program, 'serve', '--config', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  child.on('exit', onExit);
  return async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await exited;
    clearTimeout(timer);
  };
}

function buildConfig(serverPort: number): string {
  const tables = Object.entries(providers).map(([id, behaviour]) => `[providers.${id}]\nuse = "${provider}"\nbehaviour = "${behaviour}"\n`);
  return (
    `[component]\njid = "${domain}"\nserver = "127.0.0.1:${serverPort}"\nsecret = "any"\n[database]\ndata-dir = "data"\n` +
    `[http]\nlisten = "127.0.0.1:0"\n[log]\nlevel = "warn"\n[delivery]\nanswer-within = "2s"\n${tables.join('')}`
  );
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { Step } from '../../src/doctor/step.ts';
import { startXmppServer, type XmppServer } from '../helpers/xmpp-server.ts';
import { plainEnv } from '../helpers/plain-env.ts';

const main = join(import.meta.dirname, '../../src/main.ts');
const limitMs = 100_000;

export const componentSecret = 'the-component-secret';

/** One run of `reveille doctor --json`. */
export interface Examination {
  readonly exitCode: number | null;
  /** All that it printed, on either stream. */
  readonly output: string;
  readonly steps: readonly Step[];
  readonly summary: Readonly<Record<string, unknown>>;
  /** The step of this title; fails with the whole output where there is none. */
  step(title: string): Step & { readonly tried?: string; readonly found: string; readonly advice?: string | undefined };
}

/** A configuration in a folder of its own, gone after the test. */
export interface Scene {
  readonly folder: string;
  readonly file: string;
  examine(): Promise<Examination>;
}

export interface SceneParts {
  /** `host:port`; where absent, a port on which nobody listens. */
  readonly server?: string;
  readonly jid?: string;
  readonly secret?: string;
  /** Lines below [database]. */
  readonly database?: string;
  readonly http?: string;
  /** Tables of providers; one that only logs where absent. */
  readonly providers?: string;
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

export const logProvider = '[providers.plain]\nuse = "log"\n';

export function createScene(context: TestContext, parts: SceneParts = {}): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-doctor-'));
  chmodSync(folder, 0o755);
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'reveille.toml');
  for (const [name, content] of Object.entries(parts.files ?? {})) writeFileSync(join(folder, name), content);
  writeFileSync(file, describe(parts));
  return { folder, file, examine: () => examine(file) };
}

/** A scripted XMPP server, gone after the test. */
export async function createServer(context: TestContext, secret = componentSecret): Promise<XmppServer> {
  const server = await startXmppServer({ secret });
  context.after(() => server.close());
  return server;
}

export async function examine(file: string): Promise<Examination> {
  const { exitCode, out, err } = await runDoctor(['--config', file, '--json']);
  const output = `${out}${err}`;
  const lines = out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Step | { readonly summary: Examination['summary'] });
  const steps = lines.filter((line) => 'number' in line);
  const last = lines.at(-1);
  return {
    exitCode,
    output,
    steps,
    summary: last !== undefined && 'summary' in last ? last.summary : {},
    step(title) {
      const found = steps.find((step) => step.title === title);
      if (found === undefined) throw new Error(`no step "${title}" in\n${output}`);
      return found;
    },
  };
}

export interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command to its end. */
export async function runDoctor(args: readonly string[], identity: { readonly uid?: number; readonly gid?: number } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [main, 'doctor', ...args], {
    env: plainEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    ...identity,
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, out, err };
}

function describe({
  server = '127.0.0.1:1',
  jid = 'push.test',
  secret = componentSecret,
  database = '',
  http,
  providers,
}: SceneParts): string {
  return [
    `[component]\njid = "${jid}"\nserver = "${server}"\nsecret = "${secret}"`,
    `[database]\ndata-dir = "data"\n${database}`,
    `[http]\nlisten = "${http ?? '127.0.0.1:0'}"`,
    providers ?? logProvider,
  ].join('\n');
}

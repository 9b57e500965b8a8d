// Room: reveille tail: follows pushes over the status page's listener. In: options. Out: lines, until Ctrl-C. May enter: cli.
import { setTimeout as sleep } from 'node:timers/promises';
import { computeBackoffMs } from '../../base/backoff.ts';
import { readAdmin } from '../../config/reading/read-listen.ts';
import { parseOptions } from '../line/arguments.ts';
import { createLineWriter } from '../line/write-lines.ts';
import { UsageError } from '../line/usage-error.ts';
import { listenForInterrupt } from '../signals.ts';
import { describeStep } from './describe-step.ts';
import { follow, type End } from './follow.ts';

const known = {
  config: { type: 'string' },
  provider: { type: 'string' },
  outcome: { type: 'string' },
  owner: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const firstRetryMs = 500;
const retryCapMs = 5_000;
/** In a row, some 40 seconds: a restart is over by then. */
const mostRetries = 10;
const ownAddresses: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * `reveille tail`: shows what becomes of each push of the Reveille that runs on this configuration, on the same machine, until
 * Ctrl-C. Settles with 0, or with 1 where it is refused or nobody answers any more.
 */
export async function tail(args: readonly string[]): Promise<number> {
  const { config, json, ...filter } = parseOptions(args, known);
  if (config === undefined || config === '') throw new UsageError('--config FILE is missing');
  const admin = readAdmin(config);
  if (admin === undefined)
    throw new UsageError(`${config} has no [admin]: set token there, and restart Reveille (docs/configuration.md, the status page)`);
  const { host, port } = admin.listen;
  if (port === 0) throw new UsageError('admin.listen has port 0, so nobody knows where to ask: give it a port');
  const interrupt = listenForInterrupt();
  const writer = createLineWriter(process.stdout);
  const gone = new AbortController();
  const signal = AbortSignal.any([interrupt, gone.signal]);
  const onEvent = async (name: string, data: unknown) => {
    if (writer.isClosed()) gone.abort();
    else await writer.write(json ? [JSON.stringify(name === 'push' ? data : { [name]: data })] : [describeStep(name, data)]);
  };
  const target = { host: ownAddresses[host] ?? host, port, token: admin.token, filter };
  return followAll((onOpen) => follow(target, { onEvent, onOpen }, signal), `${host}:${port}`, signal);
}

/** Again and again while it can be had at all. */
async function followAll(once: (onOpen: () => void) => Promise<End>, where: string, signal: AbortSignal): Promise<number> {
  const isOver = () => signal.aborted;
  let failures = 0;
  for (;;) {
    const end = await once(() => {
      tell(failures === 0 ? `following pushes at ${where}; Ctrl-C ends it` : `following again`);
      failures = 0;
    });
    if (isOver()) return 0;
    if (end.kind === 'refused' || failures >= mostRetries) {
      tell(`${where}: ${end.words}`);
      return 1;
    }
    const ms = computeBackoffMs(failures, firstRetryMs, retryCapMs);
    failures += 1;
    tell(`${where}: ${end.words}; trying again (${failures} of ${mostRetries})`);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    if (isOver()) return 0;
  }
}

function tell(words: string): void {
  process.stderr.write(`reveille tail: ${words}\n`);
}

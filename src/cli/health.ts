import { buffer } from 'node:stream/consumers';
import { get } from '../base/node/http.ts';
import { readListen } from '../config/reading/read-listen.ts';
import { parseOptions } from './line/arguments.ts';
import { UsageError } from './line/usage-error.ts';

const limitMs = 5_000;
const ownAddresses: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * `reveille health`: asks the Reveille that runs on this configuration, on the same machine, whether it lives, or with `--ready`
 * whether it is ready, and says so in one line. Settles with 0 or, where it is not, 1. What was changed in the configuration since
 * does not matter but for `http.listen`.
 */
export async function health(args: readonly string[]): Promise<number> {
  const { config, ready = false } = parseOptions(args, { config: { type: 'string' }, ready: { type: 'boolean' } });
  if (config === undefined || config === '') throw new UsageError('--config FILE is missing');
  const { host, port } = readListen(config);
  if (port === 0) throw new UsageError('http.listen has port 0, so nobody knows where to ask: give it a port');
  const path = ready ? '/readyz' : '/healthz';
  const verdict = await ask(ownAddresses[host] ?? host, port, path);
  const isWell = verdict.status === 200;
  const stream = isWell ? process.stdout : process.stderr;
  stream.write(`${isWell ? (ready ? 'ready' : 'alive') : `${host}:${port}${path}: ${verdict.words}`}\n`);
  return isWell ? 0 : 1;
}

interface Verdict {
  readonly status: number | undefined;
  readonly words: string;
}

/** Never rejects. */
async function ask(host: string, port: number, path: string): Promise<Verdict> {
  const { promise, resolve, reject } = Promise.withResolvers<Verdict>();
  const signal = AbortSignal.timeout(limitMs);
  // Not by a proxy, and by a connection of its own that ends with the answer.
  get({ host, port, path, agent: false, signal }, (response) => {
    buffer(response).then((body) => resolve({ status: response.statusCode, words: body.toString().trim() }), reject);
  }).on('error', reject);
  return promise.catch((error: unknown) => ({ status: undefined, words: explain(error) }));
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return `no answer within ${limitMs / 1000} s`;
  return 'code' in error && error.code === 'ECONNREFUSED' ? 'nobody listens there: Reveille does not run, or not yet' : error.message;
}

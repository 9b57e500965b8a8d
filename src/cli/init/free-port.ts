import { examinePort } from '../../doctor/http-port.ts';

const host = '127.0.0.1';
/** The first is the default; Prosody's own HTTP server has the same. */
const usual: readonly number[] = [5281, 5283, 5285, 5287];

/** Where Reveille can listen for HTTP on this machine. The last resort is taken untried: `doctor` tells what is wrong with it. */
export async function findListen(signal: AbortSignal, ports = usual): Promise<string> {
  for (const port of ports) {
    const { result } = await examinePort({ host, port }, [], signal);
    if (result.verdict === 'ok') return `${host}:${port}`;
  }
  return `${host}:${ports[0] ?? 0}`;
}
